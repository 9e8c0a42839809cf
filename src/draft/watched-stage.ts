import { type Connection, ServerError } from "../db/connection.ts"
import { compareLockModes, spellLockMode } from "../db/lock-mode.ts"
import { ToolError } from "../diagnostic.ts"
import type { Stage } from "../plan/online.ts"
import type { PlannedStep } from "../plan/plan.ts"
import type { MadeUpRows } from "../prove/made-up-rows.ts"
import { qualified } from "../sql/identifier.ts"

/** A lock that keeps others waiting, on a table that was there before. */
export interface ObservedLock {
  readonly table: string
  /** As in `LOCK TABLE`: `ACCESS EXCLUSIVE`. */
  readonly mode: string
}

/** What a stage was seen to do. */
export interface Observed {
  readonly locks: readonly ObservedLock[]
  /** Tables whose rows were all written again. */
  readonly rewrites: readonly string[]
  /** Where rows that may well be there would make it fail. */
  readonly risks: readonly Risk[]
}

export interface Risk {
  readonly sql: string
  /** What the server said of a made-up row. */
  readonly message: string
  /** What can be done about it. */
  readonly hint?: string
}

/**
 * Runs a stage on scratch and watches it. Where made-up rows stand in the way, that is a risk and no failure, because
 * nobody knows whether there are such rows: they are removed, and it runs again.
 *
 * @throws ToolError `rows-in-the-way`, `plan-not-proven`
 */
export async function runWatched(
  connection: Connection,
  { steps, transaction }: Stage,
  rows: MadeUpRows | undefined,
): Promise<Observed> {
  const before = await filesOf(connection)
  const risks: Risk[] = []
  const locks: ObservedLock[] = []
  /** Returns false where it has to run again, with fewer rows. */
  const runPart = async (part: readonly string[]): Promise<boolean> => {
    if (transaction === "allowed") await connection.run("begin")
    const failed = await firstFailure(connection, part)
    if (failed === undefined) {
      if (transaction === "allowed") {
        locks.push(...(await locksOf(connection)))
        await connection.run("commit")
      }
      return true
    }
    if (transaction === "allowed") await connection.run("rollback")
    const { sql, error } = failed
    const hint = hintFor(steps, sql)
    if (rows === undefined || rows.tables.size === 0 || !isAboutRows(error)) throw failure(sql, error, hint)
    await rows.remove(tableOf(error))
    await dropInvalid(connection)
    risks.push({ sql, message: shortened(error), ...(hint === undefined ? {} : { hint }) })
    return false
  }
  const sqls = steps.map(({ sql }) => sql)
  // What cannot share a transaction runs, and may fail, each for itself.
  const parts = transaction === "allowed" ? [sqls] : sqls.map((sql) => [sql])
  for (const part of parts) {
    const known = risks.length
    while (!(await runPart(part))) {}
    if (risks.length > known) await rows?.makeAgain()
  }
  const after = await filesOf(connection)
  const rewrites = [...before]
    .filter(([key, file]) => (after.get(key) ?? file) !== file)
    .map(([key]) => nameIn(key))
  return {
    locks: locks.filter(({ table }) => [...before.keys()].some((key) => nameIn(key) === table)),
    rewrites,
    risks,
  }
}

/** The statement that could not be run, by its place among the others; those in front of it have run. */
export interface Stuck {
  readonly place: number
  readonly error: ToolError
}

/** Runs statements without watching; a rollback is planned from what was seen. */
export async function runPlain(
  connection: Connection,
  sqls: readonly string[],
  rows: MadeUpRows | undefined,
): Promise<Stuck | undefined> {
  let left = rows
  for (let place = 0; place < sqls.length; place++) {
    const sql = sqls[place] ?? ""
    const failed = await firstFailure(connection, [sql])
    if (failed === undefined) continue
    if (left === undefined || !isAboutRows(failed.error)) return { place, error: failure(sql, failed.error) }
    // Rows that came after the revision may well stand in the way of going back.
    await left.remove()
    await dropInvalid(connection)
    left = undefined
    place--
  }
  return undefined
}

interface Failure {
  readonly sql: string
  readonly error: ServerError
}

async function firstFailure(connection: Connection, sqls: readonly string[]): Promise<Failure | undefined> {
  for (const sql of sqls) {
    try {
      await connection.run(sql)
    } catch (error) {
      if (error instanceof ServerError) return { sql, error }
      throw error
    }
  }
  return undefined
}

/** Class 22: data exception; 23: integrity constraint violation; P0: what a function, a trigger's perhaps, refuses. */
function isAboutRows({ sqlState }: ServerError): boolean {
  return /^(?:22|23|P0)/.test(sqlState)
}

function tableOf({ fields: { schema, table } }: ServerError): string | undefined {
  return schema === undefined || table === undefined ? undefined : qualified({ schema, name: table })
}

/** A column that shall hold no nulls can be given a value first. */
function hintFor(steps: readonly PlannedStep[], sql: string): string | undefined {
  const step = steps.find((each) => each.sql === sql)
  const column = /^table column (.+)$/.exec(step?.object ?? "")?.[1]
  return column !== undefined && / set not null$|"lockstep not null /.test(sql)
    ? `--fill ${column}=<expression> gives the rows a value first, in a revision of its own`
    : undefined
}

function failure(sql: string, error: ServerError, hint?: string): ToolError {
  return isAboutRows(error)
    ? rowsInTheWay(sql, error, hint)
    : notProven(`its statement failed: ${error.message}`, [sql])
}

function rowsInTheWay(sql: string, server: ServerError, hint: string | undefined): ToolError {
  const { detail, table } = server.fields
  return new ToolError(
    "rows-in-the-way",
    `rows that the revisions write do not fit the schema: ${server.message}`,
    {
      subject: table,
      details: [sql, ...(detail === undefined ? [] : [detail])],
      hint: [
        ...(hint === undefined ? [] : [hint]),
        "let the schema allow them for now, generate, correct the rows in a revision (lockstep new --phase migrate), then tighten the schema and generate again",
      ].join("; or "),
      cause: server,
    },
  )
}

export function notProven(reason: string, details: readonly string[]): ToolError {
  return new ToolError("plan-not-proven", `the plan failed its proof on scratch: ${reason}`, {
    details: details.slice(0, 20),
    hint: "this is a defect of Lockstep: report it with both schemas; nothing was written",
  })
}

/** Made-up values are of no interest. */
function shortened({ message }: ServerError): string {
  return message.replace(/: "[^"]{20,}"/, "")
}

/** What a concurrent build leaves that has failed. */
async function dropInvalid(connection: Connection): Promise<void> {
  const rows = await connection.query<{ name: string }>(
    `select pg_catalog.format('%I.%I', n.nspname, c.relname) as name from pg_catalog.pg_index i
     join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where not i.indisvalid and c.relkind = 'i'`,
  )
  for (const { name } of rows) await connection.run(`drop index ${name}`)
}

/** The files that hold the rows, by number and name of the table. */
async function filesOf(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query<{ key: string; file: string }>(
    `select c.oid || ' ' || pg_catalog.format('%I.%I', n.nspname, c.relname) as key,
       pg_catalog.pg_relation_filenode(c.oid)::text as file
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid >= 16384 and c.relkind in ('r', 'm', 'p')`,
  )
  return new Map(rows.map(({ key, file }) => [key, file]))
}

function nameIn(key: string): string {
  return key.slice(key.indexOf(" ") + 1)
}

async function locksOf(connection: Connection): Promise<readonly ObservedLock[]> {
  const rows = await connection.query<{ name: string; mode: string }>(
    `select pg_catalog.format('%I.%I', n.nspname, c.relname) as name, l.mode
     from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and c.oid >= 16384
       and c.relkind in ('r', 'm', 'p')
       and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`,
  )
  const byMode = [...rows].sort((a, b) => compareLockModes(a.mode, b.mode))
  const strongest = new Map(byMode.map(({ name, mode }) => [name, mode]))
  return [...strongest]
    .map(([table, mode]) => ({ table, mode: spellLockMode(mode) }))
    .sort((a, b) => (a.table < b.table ? -1 : 1))
}
