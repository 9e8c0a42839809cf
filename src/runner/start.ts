import { randomUUID } from "node:crypto"
import type { OwnerOptions, RunOptions } from "../api/options.ts"
import { ConnectionLost, ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import { readHead, refuseAltered } from "../history/chain.ts"
import { createLockTable, grantText, upgradeTables } from "../history/install.ts"
import { type History, readHistory } from "../history/read.ts"
import { insertRun, table } from "../history/record.ts"
import { currentFormat } from "../history/tables.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { version } from "../version.ts"
import { interrupted, type RunContext, tellNotices } from "./context.ts"
import { limitsOf } from "./limits.ts"
import { acquireLock, type RunnerLock } from "./lock.ts"
import { refuseUnreachable } from "./owner.ts"
import { refuseFullPool } from "./pooled.ts"
import { connectionLost } from "./reconnect.ts"
import { explainRefusal } from "./refusal.ts"
import { inMigratorTransaction, patientText } from "./session.ts"
import type { Target } from "./target.ts"

/** A run that has the lock. */
export interface StartedRun {
  readonly context: RunContext
  /** The history as it is under the lock: what was read before it may be out of date. */
  readonly history: History
  /** Gives the lock back and closes what the run opened. */
  finish(): Promise<void>
}

export interface StartOptions extends RunOptions {
  readonly command: string
  readonly applicationRoles?: readonly string[]
  readonly owner?: OwnerOptions
  /** Behind a pooler, how long to wait for its second session. Default: 10,000. */
  readonly connectTimeoutMs?: number
  /** Tables that a plan says are written anew, by the revision that does. Default: none. */
  readonly plannedRewrites?: ReadonlyMap<string, readonly string[]>
  /** Begins although the audit trail is not what was written, to record that somebody accepts it. Default: false. */
  readonly acceptsAltered?: boolean
}

/**
 * Makes the history where there is none, takes the runner's lock, brings the tables to the current format, and
 * records who runs.
 *
 * @throws ToolError `runner-busy`, `history-not-writable`, `history-damaged`, `history-altered`, `server-refused`, `unknown-role`, `interrupted`,
 * `connection-lost`
 */
export async function startRun(target: Target, options: StartOptions): Promise<StartedRun> {
  const deadline = options.deadlineMs ? performance.now() + options.deadlineMs : undefined
  let lock: RunnerLock | undefined
  try {
    options.signal?.throwIfAborted()
    if (!target.pooled) await target.connection.run(patientText)
    if (target.history.format === 0) await createLockTable(target.connection, target.schema)
    lock = await takeLock(target, options)
    if (target.pooled) await refuseFullPool(target, options.connectTimeoutMs || 10_000)
    return await startUnder(lock, target, options, deadline)
  } catch (error) {
    await lock?.release()
    throw options.signal?.aborted && !(error instanceof ToolError) ? interrupted() : meant(target, error)
  }
}

async function startUnder(
  lock: RunnerLock,
  target: Target,
  options: StartOptions,
  deadline: number | undefined,
): Promise<StartedRun> {
  const { connect, connection, schema } = target
  const history = await currentHistory(target)
  if (options.acceptsAltered !== true) await refuseAltered(connection, schema)
  await grantToApplications(target, options)
  if (options.owner !== undefined) await refuseUnreachable(connection, options.owner)
  const runId = randomUUID()
  await connection.run(insertRun(schema, { ...runFacts(target, options), id: runId }))
  const context: RunContext = {
    connect,
    connection,
    schema,
    runId,
    lock,
    limits: {
      ...limitsOf(options, options.plannedRewrites),
      clientCheckMs: await clientCheckMs(target),
      hasTransactionTimeout: target.facts.serverVersion >= 170_000,
    },
    retry: {
      attempts: options.lockAttempts ?? 10,
      delayMs: options.retryDelayMs ?? 500,
      maxDelayMs: options.retryMaxDelayMs ?? 30_000,
    },
    owner: options.owner,
    inFlight: history.inFlight,
    pooled: target.pooled,
    signal: options.signal,
    deadline,
    emit: (event) => options.onEvent?.(event),
    slow: [],
  }
  const stopNotices = tellNotices(context)
  return {
    context,
    history,
    async finish() {
      await context.cleaned
      await tellHead(context, options)
      stopNotices()
      await lock.release()
      if (context.connection !== connection) await context.connection.close()
    },
  }
}

/** The head of the audit trail, for a log that those who can write to the database cannot change. */
async function tellHead({ connection, schema, emit }: RunContext, { command }: StartOptions): Promise<void> {
  if (!connection.open) return
  const trail = await inMigratorTransaction(connection, () => readHead(connection, schema)).catch(
    () => undefined,
  )
  if (trail !== undefined) emit({ type: "recorded", command, ...trail })
}

/** A deadline counts the wait for another runner too. */
function takeLock(target: Target, options: StartOptions): Promise<RunnerLock> {
  const { runnerWaitMs = 60_000, deadlineMs = 0, signal, onEvent } = options
  return acquireLock(target.connect, target.schema, {
    pooled: target.pooled,
    waitMs: deadlineMs === 0 ? runnerWaitMs : Math.min(runnerWaitMs, deadlineMs),
    signal,
    onWait: (holder, waitedMs) => onEvent?.({ type: "waiting-for-runner", holder, waitedMs }),
  })
}

async function currentHistory({ connection, schema }: Target): Promise<History> {
  const found = await readHistory(connection, schema, true)
  if (found.format >= currentFormat) return found
  await upgradeTables(connection, schema, found.format)
  return readHistory(connection, schema, true)
}

async function grantToApplications(
  { connection, schema }: Target,
  { applicationRoles = [] }: StartOptions,
): Promise<void> {
  if (applicationRoles.length === 0) return
  try {
    await connection.run(grantText(schema, applicationRoles))
  } catch (error) {
    if (!(error instanceof ServerError) || error.sqlState !== sqlState.undefined_object) throw error
    throw new ToolError("unknown-role", `${error.message}, and applicationRoles names it`, {
      hint: "create the role, or correct the setting applicationRoles",
      sqlState: error.sqlState,
      cause: error,
    })
  }
}

/**
 * Tells whether Lockstep's tables are of an earlier format, or a role of the options may not read its view yet: what
 * starting a run would mend. A database without a history needs nothing.
 */
export async function needsUpkeep(
  { connection, schema, history }: Target,
  { applicationRoles = [] }: Pick<StartOptions, "applicationRoles">,
): Promise<boolean> {
  if (history.format === 0) return false
  if (history.format < currentFormat) return true
  if (applicationRoles.length === 0) return false
  const names = applicationRoles.map((role) => `(${quoteLiteral(role)})`).join(", ")
  const view = quoteLiteral(table(schema, "applied"))
  const without = await connection.query(
    `select from (values ${names}) as wanted (name) left join pg_catalog.pg_roles r on r.rolname = wanted.name
where not coalesce(pg_catalog.has_schema_privilege(r.oid, ${quoteLiteral(schema)}, 'usage')
  and pg_catalog.has_table_privilege(r.oid, ${view}, 'select'), false)`,
  )
  return without.length > 0
}

/** What an error means that the server gave while a run was prepared: nothing of the user's had been sent yet. */
function meant({ schema }: Target, error: unknown): unknown {
  if (error instanceof ConnectionLost) return connectionLost(error, ["nothing had begun"])
  return explainRefusal(schema, error)
}

/** What the history says of who runs a command. */
export function runFacts(
  target: Pick<Target, "environment">,
  { actor, command }: Pick<StartOptions, "actor" | "command">,
) {
  return {
    command,
    toolVersion: version,
    osUser: actor?.user,
    host: actor?.host,
    pid: process.pid,
    platform: actor?.platform,
    commit: actor?.commit,
    release: actor?.release,
    environment: target.environment,
  }
}

/** A server that notices within two seconds that its client died ends the statement instead of finishing it unseen. */
async function clientCheckMs({ connection }: Target): Promise<number> {
  try {
    // Refused on platforms that cannot poll a socket for its end.
    await connection.run("begin; set local client_connection_check_interval = 2000; commit")
    return 2000
  } catch {
    await connection.run("rollback").catch(() => undefined)
    return 0
  }
}
