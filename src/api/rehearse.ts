import { readFile } from "node:fs/promises"
import type { Connection } from "../db/connection.ts"
import { connect } from "../db/node-postgres.ts"
import { parseConnection } from "../db/settings.ts"
import { readDump } from "../deploy/dump/read.ts"
import { withRestored } from "../deploy/dump/scratch.ts"
import { type SeenLock, watchLocks } from "../deploy/watch-locks.ts"
import { ToolError } from "../diagnostic.ts"
import { type Measurement, readMeasurements } from "../history/measurements.ts"
import { insertEvent } from "../history/record.ts"
import { readStatistics } from "../lint/live.ts"
import type { Statistics } from "../lint/size.ts"
import { startRun } from "../runner/start.ts"
import { openTarget } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { openDatabase } from "./open-database.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { type UpgradeOptions, upgrade } from "./upgrade.ts"

export interface RehearseOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Makes a copy of the database, and returns its URL. */
  readonly clone?: () => Promise<string>
  /** Removes it again. Default: it stays. */
  readonly drop?: (url: string) => Promise<unknown>
  /** A dump of pg_dump, restored into a throwaway database instead. */
  readonly dump?: string
  readonly scratch?: ScratchOptions
  /** Masks the data of the copy, whose URL it is given, before anything runs there. */
  readonly mask?: (url: string) => Promise<unknown>
  /** A file of SQL that does so. */
  readonly maskFile?: string
  /** Keeps what was measured in the history of the real database, for later forecasts. Default: false. */
  readonly record?: boolean
}

const rehearseKinds: OptionKinds<RehearseOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  clone: "function",
  drop: "function",
  dump: "text",
  scratch: "object",
  mask: "function",
  maskFile: "text",
  record: "flag",
}

/** One statement of a rehearsal. */
export interface RehearsedStatement {
  readonly sql: string
  readonly file: string
  readonly line: number
  readonly ms: number
}

export interface RehearsedRevision {
  readonly id: string
  readonly title: string
  readonly ms: number
  readonly statements: readonly RehearsedStatement[]
}

export interface RehearseResult {
  /** Of the copy. */
  readonly database: string
  readonly revisions: readonly RehearsedRevision[]
  /** The strongest first. */
  readonly locks: readonly SeenLock[]
  /** Tables whose size has changed: bytes with all indexes. */
  readonly sizes: readonly { readonly relation: string; readonly before: number; readonly after: number }[]
  /** What `lint --stats` reads: the sizes before. */
  readonly statistics: Statistics
  /** How long work took and on how much; forecasts go by it. */
  readonly measurements: readonly Measurement[]
  /** Whether they were kept in the history of the real database. */
  readonly recorded: boolean
  /** What of a dump could not be restored: the rehearsal went on without it. */
  readonly notRestored: readonly string[]
}

/**
 * Runs the pending revisions on a copy of the database, and says how long each statement took, what was locked for how long,
 * and what grew. Nothing of the database itself is changed.
 *
 * @throws ToolError `rehearsal-failed`, `dump-unreadable`, and what `upgrade` throws, on the copy
 */
export async function rehearse(options: RehearseOptions): Promise<RehearseResult> {
  checkOptions(options, rehearseKinds)
  const { clone, dump, drop, scratch } = options
  if ((clone === undefined) === (dump === undefined))
    throw new ToolError("invalid-option", "a rehearsal needs a copy of the database", {
      hint: "--clone <command that prints its address>, or --dump <file>",
    })
  const result =
    dump === undefined
      ? await onClone(clone, drop, options)
      : await withRestored(
          dump,
          await readDump(dump),
          { url: scratch?.url, root: scratch?.root },
          async ({ url, errors }) => ({ ...(await onCopy(url, options)), notRestored: errors }),
        )
  if (options.record !== true || result.measurements.length === 0) return result
  await keep(result.measurements, options)
  return { ...result, recorded: true }
}

async function onClone(
  clone: RehearseOptions["clone"],
  drop: RehearseOptions["drop"],
  options: RehearseOptions,
): Promise<RehearseResult> {
  const url = (await clone?.()) ?? ""
  try {
    parseConnection(url)
  } catch {
    throw new ToolError("rehearsal-failed", "the command that makes the copy has printed no address of one", {
      hint: "its last line must be a URL",
    })
  }
  await refuseItself(url, options)
  try {
    return await onCopy(url, options)
  } finally {
    await drop?.(url)
  }
}

/** Whatever the address looks like: nothing is masked or run in the database itself. */
async function refuseItself(url: string, options: RehearseOptions): Promise<void> {
  const whoText =
    "select pg_catalog.pg_postmaster_start_time()::text as started, d.oid::text as oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()"
  const who = async (connection: Connection) => {
    try {
      return JSON.stringify(await connection.query(whoText))
    } finally {
      await connection.close()
    }
  }
  const copy = await who(await connect(parseConnection(url)))
  if (copy !== (await who(await openDatabase(options, "rehearse")))) return
  throw new ToolError(
    "rehearsal-failed",
    "the command that makes the copy has printed the address of the database itself",
    {
      hint: "its last line must be the address of the copy; nothing was changed",
    },
  )
}

async function onCopy(url: string, options: RehearseOptions): Promise<RehearseResult> {
  const { mask, maskFile, historySchema: schema = "lockstep" } = options
  const connection = await connect(parseConnection(url))
  try {
    if (maskFile !== undefined) await connection.run(await readFile(maskFile, "utf8"))
    await mask?.(url)
    await connection.run("analyze")
    const statistics = await readStatistics(connection)
    const statements = new Map<string, RehearsedStatement[]>()
    let running: Omit<RehearsedStatement, "ms"> | undefined
    const watch = watchLocks(connection, "lockstep upgrade", schema)
    const environment = await markOf(url, schema)
    const result = await upgrade({
      ...elsewhere(options),
      url,
      ...(environment === undefined ? {} : { environment }),
      onEvent(event) {
        options.onEvent?.(event)
        if (event.type === "step-started") running = { sql: event.sql, file: event.file, line: event.line }
        if (event.type === "step-finished" && running !== undefined) {
          const list = statements.get(event.revision) ?? []
          list.push({ ...running, ms: Math.round(event.durationMs) })
          statements.set(event.revision, list)
        }
      },
    }).catch(async (error: unknown) => {
      await watch.stop()
      throw error
    })
    const locks = await watch.stop()
    const after = await readStatistics(connection)
    const names = [...new Set([...Object.keys(statistics), ...Object.keys(after)])].sort()
    const sizes = names.flatMap((relation) => {
      const before = statistics[relation]?.bytes ?? 0
      const now = after[relation]?.bytes ?? 0
      return before === now || relation.startsWith(`${schema}.`) ? [] : [{ relation, before, after: now }]
    })
    return {
      database: result.database,
      revisions: result.applied.map(({ id, title, durationMs }) => ({
        id,
        title,
        ms: Math.round(durationMs),
        statements: statements.get(id) ?? [],
      })),
      locks,
      sizes,
      statistics,
      measurements: result.applied.length === 0 ? [] : await readMeasurements(connection, schema),
      recorded: false,
      notRestored: [],
    }
  } finally {
    await connection.close()
  }
}

/** What says how the real database is reached, and what is only about a rehearsal. */
const notForCopy: ReadonlySet<string> = new Set([
  ...["url", "urlOrigin", "connect", "password", "environment", "libpqVariables"],
  ...["clone", "drop", "dump", "scratch", "mask", "maskFile", "record"],
])

function elsewhere(options: RehearseOptions): UpgradeOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !notForCopy.has(name)))
}

/** A copy carries the mark of what it is a copy of, and what is protected has to be named. */
async function markOf(url: string, historySchema: string): Promise<string | undefined> {
  const target = await openTarget({
    url,
    historySchema,
    command: "rehearse",
    writes: false,
    anyEnvironment: true,
  })
  await target.close()
  return target.history.environment
}

async function keep(measured: readonly Measurement[], options: RehearseOptions): Promise<void> {
  const target = await openTarget({ ...options, command: "rehearse", writes: true })
  try {
    const run = await startRun(target, { ...options, command: "rehearse" })
    try {
      const { schema, runId } = run.context
      const message = measured.map(({ kind, relation, ms }) => `${kind} of ${relation}: ${ms} ms`).join("; ")
      await changeHistory(
        run.context,
        insertEvent(schema, runId, { kind: "measured", message, details: { measured, rehearsed: true } }),
      )
    } finally {
      await run.finish()
    }
  } finally {
    await target.close()
  }
}
