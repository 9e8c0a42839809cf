import { randomUUID } from "node:crypto"
import type { RunOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { createLockTable, grantText, upgradeTables } from "../history/install.ts"
import { type History, readHistory } from "../history/read.ts"
import { insertRun } from "../history/record.ts"
import { currentFormat } from "../history/tables.ts"
import { version } from "../version.ts"
import { interrupted, type RunContext } from "./context.ts"
import { limitsOf } from "./limits.ts"
import { acquireLock, type RunnerLock } from "./lock.ts"
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
}

/**
 * Makes the history where there is none, takes the runner's lock, brings the tables to the current format, and
 * records who runs.
 *
 * @throws ToolError `runner-busy`, `history-not-writable`, `interrupted`
 */
export async function startRun(target: Target, options: StartOptions): Promise<StartedRun> {
  const { connect, schema } = target
  if (target.history.format === 0) await createLockTable(target.connection, schema)
  const lock = await takeLock(target, options)
  try {
    const history = await currentHistory(target, options)
    const runId = randomUUID()
    await target.connection.run(insertRun(schema, { ...runFacts(target, options), id: runId }))
    const context: RunContext = {
      connect,
      connection: target.connection,
      schema,
      runId,
      lock,
      limits: { ...limitsOf(options), clientCheckMs: await clientCheckMs(target) },
      retry: {
        attempts: options.lockAttempts ?? 10,
        delayMs: options.retryDelayMs ?? 500,
        maxDelayMs: options.retryMaxDelayMs ?? 30_000,
      },
      pooled: target.pooled,
      signal: options.signal,
      deadline: options.deadlineMs ? performance.now() + options.deadlineMs : undefined,
      emit: (event) => options.onEvent?.(event),
    }
    const stopNotices = target.connection.onNotice(({ severity, message }) =>
      context.emit({ type: "notice", severity, message }),
    )
    return {
      context,
      history,
      async finish() {
        stopNotices()
        await lock.release()
        if (context.connection !== target.connection) await context.connection.close()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function takeLock(target: Target, options: StartOptions): Promise<RunnerLock> {
  try {
    return await acquireLock(target.connect, target.schema, {
      waitMs: options.runnerWaitMs ?? 60_000,
      signal: options.signal,
      onWait: (holder, waitedMs) => options.onEvent?.({ type: "waiting-for-runner", holder, waitedMs }),
    })
  } catch (error) {
    if (options.signal?.aborted && !(error instanceof ToolError)) throw interrupted()
    throw error
  }
}

async function currentHistory(target: Target, options: StartOptions): Promise<History> {
  const { connection, schema } = target
  const found = await readHistory(connection, schema, true)
  if (found.format < currentFormat) await upgradeTables(connection, schema, found.format)
  const roles = options.applicationRoles ?? []
  if (roles.length > 0) await connection.run(grantText(schema, roles))
  return found.format < currentFormat ? readHistory(connection, schema, true) : found
}

function runFacts(target: Target, { actor, command }: StartOptions) {
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
