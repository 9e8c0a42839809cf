import type { Connection } from "../db/connection.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import type { RunContext } from "./context.ts"
import { execute, type Rows, StepError } from "./execute.ts"
import { stepFailure } from "./failure.ts"
import { begin, bodyIo, rollback } from "./transaction.ts"
import type { Work } from "./work.ts"

/** Data that a piece of work would remove. */
export interface Loss {
  readonly kind: "table" | "column" | "rows" | "database" | "unknown"
  /** Quoted where needed: `public.users`, `public.users.phone`. */
  readonly name: string
  /** Rows that hold data there; for a table above a million rows the planner's estimate. */
  readonly rows: number
  readonly estimated: boolean
}

export function describeLoss({ kind, name, rows, estimated }: Loss): string {
  const count = `${estimated ? "about " : ""}${rows} ${rows === 1 ? "row" : "rows"}`
  if (kind === "rows") return `rows of ${name}: ${count} deleted`
  if (kind === "unknown") return `cannot be told: ${name}`
  if (kind === "database") return `database ${name} as a whole`
  return kind === "table" ? `table ${name}: ${count}` : `column ${name}: ${count} with a value`
}

interface TableRow {
  readonly oid: string
  readonly name: string
  readonly filenode: string | null
  readonly estimate: number
  readonly is_partition: boolean
  readonly parent: string | null
  readonly deleted: string
  readonly columns: readonly { readonly number: number; readonly name: string }[]
}

/**
 * Finds what would be lost by running the work in a transaction and rolling it back: what is then missing from the
 * catalog is what it drops, also inside functions and DO blocks. Statements that forbid a transaction are left out;
 * of those, only DROP DATABASE loses data.
 *
 * Where the look fails, the real run would fail as well, and its error is thrown; only where statements were left
 * out may that be the reason, and then the answer is that nobody can tell.
 *
 * @throws ToolError `statement-failed`, `lock-not-available`
 */
export async function findDataLoss(context: RunContext, works: readonly Work[]): Promise<readonly Loss[]> {
  const { connection } = context
  const before = await readTables(connection)
  const open = await begin(context, context.limits)
  let after: ReadonlyMap<string, TableRow>
  let emptied: ReadonlySet<string>
  try {
    for (const work of works) await runQuietly(context, work, open.pid)
    after = await readTables(connection)
    emptied = await findEmptied(connection, before, after)
  } catch (error) {
    return [...databases(works), lookFailed(works, error)]
  } finally {
    await rollback(connection)
    await connection.run("reset all").catch(() => undefined)
  }
  return [...databases(works), ...(await losses(connection, before, after, emptied))]
}

function lookFailed(works: readonly Work[], error: unknown): Loss {
  const work = works.find(({ revision }) => error instanceof StepError && revisionOf(error, revision)) ?? works[0]
  if (!(error instanceof StepError) || work === undefined) throw error
  const leftOut = works.some(({ mode }) => mode === "steps")
  if (error.isLock || !leftOut) {
    const stays = "this was only the look at what would be lost; nothing was undone"
    throw stepFailure(error, work, { stays, hint: "correct the rollback section and run the same command again" })
  }
  return { kind: "unknown", name: error.message, rows: 0, estimated: false }
}

function revisionOf(error: StepError, { file, downFile }: Work["revision"]): boolean {
  return error.step.file === file || error.step.file === downFile
}

/** Tables that had a new file and nothing in it at the end: TRUNCATE leaves no trace in the row counters. */
async function findEmptied(
  connection: Connection,
  before: ReadonlyMap<string, TableRow>,
  after: ReadonlyMap<string, TableRow>,
): Promise<ReadonlySet<string>> {
  const emptied = new Set<string>()
  for (const { oid, name, filenode } of after.values()) {
    const old = before.get(oid)
    if (old === undefined || filenode === null || old.filenode === filenode) continue
    const [row] = await connection.query<{ empty: boolean }>(`select not exists (select from ${name}) as empty`)
    if (row?.empty === true) emptied.add(oid)
  }
  return emptied
}

async function runQuietly(context: RunContext, work: Work, pid: number): Promise<void> {
  const body = work.body(bodyIo({ ...context, emit: () => undefined }, work))
  let answer: Rows = []
  for (;;) {
    const next = await body.next(answer)
    if (next.done) return
    answer = next.value.transaction === "allowed" ? await execute(context, next.value, pid, 0) : []
  }
}

function databases(works: readonly Work[]): Loss[] {
  return works
    .flatMap(({ steps }) => steps ?? [])
    .flatMap(({ effect }) => (effect?.kind === "drop-database" ? [effect.name] : []))
    .map((name) => ({ kind: "database", name: quoteIdentifier(name), rows: 0, estimated: false }))
}

/** Tables outside the system schemas, with their columns and what this transaction has deleted from them. */
async function readTables(connection: Connection): Promise<ReadonlyMap<string, TableRow>> {
  const rows = await connection.query<Omit<TableRow, "columns"> & { columns: string }>(`
select c.oid::text, pg_catalog.format('%I.%I', n.nspname, c.relname) as name, pg_catalog.pg_relation_filenode(c.oid)::text as filenode,
  c.reltuples::float8 as estimate, c.relispartition as is_partition,
  (select i.inhparent::text from pg_catalog.pg_inherits i where i.inhrelid = c.oid and c.relispartition) as parent,
  pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)::text as deleted,
  coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('number', a.attnum, 'name', a.attname))
    from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]')::text as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`)
  return new Map(rows.map((row) => [row.oid, { ...row, columns: JSON.parse(row.columns) }]))
}

async function losses(
  connection: Connection,
  before: ReadonlyMap<string, TableRow>,
  after: ReadonlyMap<string, TableRow>,
  emptied: ReadonlySet<string>,
): Promise<readonly Loss[]> {
  const found: Loss[] = []
  for (const table of before.values()) {
    const now = after.get(table.oid)
    if (now === undefined) {
      // A partition that goes with its parent is counted there.
      const withParent = table.parent !== null && !after.has(table.parent)
      if (!withParent) found.push(await count(connection, "table", table.name, table))
      continue
    }
    const kept = new Set(now.columns.map(({ number }) => number))
    for (const column of table.columns.filter(({ number }) => !kept.has(number) && !table.is_partition)) {
      const name = `${table.name}.${quoteIdentifier(column.name)}`
      found.push(await count(connection, "column", name, table, column.name))
    }
    if (emptied.has(table.oid)) found.push({ ...(await count(connection, "table", table.name, table)), kind: "rows" })
    const deleted = Number(now.deleted) - Number(table.deleted)
    if (deleted > 0) found.push({ kind: "rows", name: table.name, rows: deleted, estimated: false })
  }
  return found.filter(({ rows }) => rows > 0)
}

const countedUpTo = 1_000_000

async function count(
  connection: Connection,
  kind: "table" | "column",
  name: string,
  table: TableRow,
  column?: string,
): Promise<Loss> {
  if (table.estimate > countedUpTo) return { kind, name, rows: Math.round(table.estimate), estimated: true }
  const where = column === undefined ? "" : ` where ${quoteIdentifier(column)} is not null`
  const [row] = await connection.query<{ rows: string }>(`select count(*)::text as rows from ${table.name}${where}`)
  return { kind, name, rows: Number(row?.rows ?? 0), estimated: false }
}
