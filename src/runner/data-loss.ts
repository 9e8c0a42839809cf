import { type Connection, ConnectionLost } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { readSteps } from "../history/read.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import type { Step } from "../sql/step.ts"
import { interrupted, type RunContext } from "./context.ts"
import { execute, type Rows, StepError } from "./execute.ts"
import { programFailure, stepFailure } from "./failure.ts"
import { retryLocks } from "./lock-retry.ts"
import { ProgramError } from "./program.ts"
import { connectionLost } from "./reconnect.ts"
import { cleanSession } from "./session.ts"
import { begin, bodyIo, type OpenTransaction, rollback } from "./transaction.ts"
import type { Work } from "./work.ts"

/** Data that a piece of work would remove, or, as `values`, write over: often with what was there before the revision. */
export interface Loss {
  readonly kind: "table" | "column" | "rows" | "values" | "database" | "unknown"
  /** Quoted where needed: `public.users`, `public.users.phone`. */
  readonly name: string
  /** Rows that hold data there; for a table above a million rows the planner's estimate. */
  readonly rows: number
  readonly estimated: boolean
}

export function describeLoss({ kind, name, rows, estimated }: Loss): string {
  const count = `${estimated ? "about " : ""}${rows} ${rows === 1 ? "row" : "rows"}`
  if (kind === "rows") return `rows of ${name}: ${count} deleted`
  if (kind === "values") return `values in ${name}: ${count} updated`
  if (kind === "unknown") return `cannot be told: ${name}`
  if (kind === "database") return `database ${name} as a whole`
  return kind === "table" ? `table ${name}: ${count}` : `column ${name}: ${count} with a value`
}

/** Whether it may be undone without a word: whoever updates in a rollback means to write over what is there. */
export function isMeant({ kind }: Loss): boolean {
  return kind === "values"
}

interface TableRow {
  readonly oid: string
  readonly name: string
  readonly filenode: string | null
  readonly estimate: number
  readonly is_partition: boolean
  readonly parent: string | null
  readonly deleted: string
  readonly updated: string
  readonly columns: readonly { readonly number: number; readonly name: string }[]
}

/** What running the work in a transaction that is rolled back has shown. */
interface Look {
  readonly before: ReadonlyMap<string, TableRow>
  readonly after: ReadonlyMap<string, TableRow>
  /** Rows of the tables that had a new file at the end: TRUNCATE leaves no trace in the counters of deleted rows. */
  readonly rewritten: ReadonlyMap<string, number>
}

/**
 * Finds what would be lost by running the work in a transaction and rolling it back: what is then missing from the
 * catalog is what it drops, also inside functions and DO blocks. Statements that forbid a transaction are left out;
 * of those, only DROP DATABASE loses data.
 *
 * Where the look fails, the real run would fail as well, and its error is thrown; only where statements were left
 * out may that be the reason, and then the answer is that nobody can tell.
 *
 * @throws ToolError `statement-failed`, `lock-not-available`, `interrupted`
 */
export async function findDataLoss(context: RunContext, works: readonly Work[]): Promise<readonly Loss[]> {
  const found: Loss[] = databases(works)
  const revisionOf = (error: StepError) => workOf(works, error)?.revision.id ?? ""
  try {
    await retryLocks(context, revisionOf, async () => {
      const seen = await look(context, works)
      found.push(...(await losses(context, seen)))
    })
  } catch (error) {
    found.push(lookFailed(context, works, error))
  }
  return found
}

async function look(context: RunContext, works: readonly Work[]): Promise<Look> {
  const { connection } = context
  const before = await readTables(connection)
  const open = await begin(context, context.limits)
  try {
    for (const work of works) await runQuietly(context, work, open)
    const after = await readTables(connection)
    return { before, after, rewritten: await countRewritten(connection, before, after) }
  } finally {
    await rollback(connection)
    if (!context.pooled) await cleanSession(connection)
  }
}

function lookFailed(context: RunContext, works: readonly Work[], error: unknown): Loss {
  if (context.signal?.aborted && error instanceof StepError) throw interrupted()
  const work = error instanceof StepError ? workOf(works, error) : works[0]
  if (work === undefined) throw error
  const aftermath = {
    stays: "this was only the look at what would be lost; nothing was undone",
    hint: "correct the rollback section and run the same command again",
  }
  const leftOut = works.some(({ mode }) => mode === "steps")
  if (error instanceof ProgramError && !leftOut) throw programFailure(error, work, aftermath)
  if (error instanceof ConnectionLost) throw connectionLost(error, [aftermath.stays])
  if (!(error instanceof StepError || error instanceof ProgramError)) throw error
  if (error instanceof StepError && (error.isLock || !leftOut))
    throw stepFailure(context, error, work, aftermath)
  return { kind: "unknown", name: error.message, rows: 0, estimated: false }
}

function workOf(works: readonly Work[], { step }: StepError): Work | undefined {
  return (
    works.find(({ revision }) => step.file === revision.file || step.file === revision.downFile) ?? works[0]
  )
}

async function countRewritten(
  connection: Connection,
  before: ReadonlyMap<string, TableRow>,
  after: ReadonlyMap<string, TableRow>,
): Promise<ReadonlyMap<string, number>> {
  const rewritten = new Map<string, number>()
  for (const { oid, name, filenode } of after.values()) {
    const old = before.get(oid)
    if (old === undefined || filenode === null || old.filenode === filenode) continue
    await connection.run(`savepoint counting;\n${everyRow}`)
    // Where not all rows are shown, none counts as left; that they cannot be counted is found again, and said, later.
    const left = await connection.query<Count>(countText(name)).catch(() => [])
    await connection.run("rollback to savepoint counting")
    rewritten.set(oid, Number(left[0]?.rows ?? 0))
  }
  return rewritten
}

/** A policy that hides rows from this role becomes an error: a table that only looks empty would be dropped in silence. */
const everyRow = "set local row_security = off"

interface Count {
  readonly rows: string
}

function countText(table: string, column?: string): string {
  const where = column === undefined ? "" : ` where ${quoteIdentifier(column)} is not null`
  return `select pg_catalog.count(*)::text as rows from ${table}${where}`
}

/** Runs the steps that an interrupted run has not done yet. */
async function runQuietly(context: RunContext, work: Work, open: OpenTransaction): Promise<void> {
  const { connection, schema } = context
  const { revision, direction } = work
  const records = await readSteps(connection, schema, revision.id, direction)
  const body = work.body(bodyIo({ ...context, emit: () => undefined }, work, open))
  let answer: Rows = []
  try {
    for (let position = 1; ; position += 1) {
      const next = await body.next(answer)
      if (next.done) return
      const step = next.value
      const record = records.get(position)
      if (record?.state === "done" && !step.session) answer = record.answer ?? []
      else if (step.transaction === "forbidden") answer = []
      else answer = await execute(context, step, open)
    }
  } finally {
    await body.return()
  }
}

function databases(works: readonly Work[]): Loss[] {
  return works
    .flatMap(({ steps }) => steps ?? [])
    .flatMap(({ effect }) => (effect?.kind === "drop-database" ? [effect.name] : []))
    .map((name) => ({ kind: "database", name: quoteIdentifier(name), rows: 0, estimated: false }))
}

/** Tables outside the system schemas, with their columns and what this transaction has deleted and updated in them. */
async function readTables(connection: Connection): Promise<ReadonlyMap<string, TableRow>> {
  const rows = await connection.query<Omit<TableRow, "columns"> & { columns: string }>(`
select c.oid::text, pg_catalog.format('%I.%I', n.nspname, c.relname) as name, pg_catalog.pg_relation_filenode(c.oid)::text as filenode,
  c.reltuples::float8 as estimate, c.relispartition as is_partition,
  (select i.inhparent::text from pg_catalog.pg_inherits i where i.inhrelid = c.oid and c.relispartition) as parent,
  pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)::text as deleted,
  pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)::text as updated,
  coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('number', a.attnum, 'name', a.attname))
    from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]')::text as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname::pg_catalog.text !~ '^pg_' and n.nspname <> 'information_schema'`)
  return new Map(rows.map((row) => [row.oid, { ...row, columns: JSON.parse(row.columns) }]))
}

async function losses(context: RunContext, { before, after, rewritten }: Look): Promise<readonly Loss[]> {
  const found: Loss[] = []
  for (const table of before.values()) {
    const now = after.get(table.oid)
    if (now === undefined) {
      // A partition that goes with its parent is counted there.
      const withParent = table.parent !== null && !after.has(table.parent)
      if (!withParent) found.push(await count(context, "table", table.name, table))
      continue
    }
    const kept = new Set(now.columns.map(({ number }) => number))
    for (const column of table.columns.filter(({ number }) => !kept.has(number) && !table.is_partition)) {
      const name = `${table.name}.${quoteIdentifier(column.name)}`
      found.push(await count(context, "column", name, table, column.name))
    }
    const left = rewritten.get(table.oid)
    if (left !== undefined) found.push(await fewer(context, table, left))
    const deleted = Number(now.deleted) - Number(table.deleted)
    if (deleted > 0) found.push({ kind: "rows", name: table.name, rows: deleted, estimated: false })
    const updated = Number(now.updated) - Number(table.updated)
    if (updated > 0) found.push({ kind: "values", name: table.name, rows: updated, estimated: false })
  }
  return found.filter(({ kind, rows }) => rows > 0 || kind === "unknown")
}

/** The rows that a rewritten table had and has no more. An estimate tells only whether it was emptied. */
async function fewer(context: RunContext, table: TableRow, left: number): Promise<Loss> {
  const had = await count(context, "rows", table.name, table)
  return { ...had, rows: had.estimated && left > 0 ? 0 : had.rows - left }
}

const countedUpTo = 1_000_000

async function count(
  context: RunContext,
  kind: "table" | "column" | "rows",
  name: string,
  table: TableRow,
  column?: string,
): Promise<Loss> {
  if (table.estimate > countedUpTo) return { kind, name, rows: Math.round(table.estimate), estimated: true }
  const open = await begin(context, context.limits)
  try {
    await context.connection.run(everyRow)
    const [row] = await execute(context, lookStep(countText(table.name, column)), open)
    return { kind, name, rows: Number(row?.rows ?? 0), estimated: false }
  } catch (error) {
    const isHidden = error instanceof StepError && error.server.sqlState === sqlState.insufficient_privilege
    if (!isHidden) throw error
    return { kind: "unknown", name: `${name} (${error.message})`, rows: 0, estimated: false }
  } finally {
    await rollback(context.connection)
  }
}

/** A question of the look itself as a step, so that it waits, fails and is cancelled like one. */
function lookStep(sql: string): Step {
  return { sql, file: "(looking for data that would be lost)", line: 1, transaction: "allowed" }
}
