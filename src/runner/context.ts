import type { OwnerOptions } from "../api/options.ts"
import type { Connect, Connection } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import type { InFlight } from "../history/read.ts"
import type { RunEvent } from "./event.ts"
import type { Limits } from "./limits.ts"
import type { RunnerLock } from "./lock.ts"
import type { SlowStatement } from "./slow.ts"

/** All that the parts of one run share. Made by `startRun`, ended by its `finish`. */
export interface RunContext {
  readonly connect: Connect
  /** The connection that the revisions run on; replaced when it was lost at COMMIT. */
  connection: Connection
  /** Settles when the session is as clean as the last revision found it; what is sent meanwhile waits its turn. */
  cleaned?: Promise<void> | undefined
  /** Schema of the history tables. */
  readonly schema: string
  /** UUID of the row in `run`. */
  readonly runId: string
  readonly lock: RunnerLock
  readonly limits: Limits
  /** Whom revisions run as, where it is not the connecting role. */
  readonly owner?: OwnerOptions | undefined
  readonly retry: RetryLimits
  /** Revisions that an earlier run has begun step by step and not finished. */
  readonly inFlight: readonly InFlight[]
  /** Whether nothing may be left in the session, because it is shared through a pooler. */
  readonly pooled: boolean
  readonly signal: AbortSignal | undefined
  /** `performance.now()` value after which no further step starts. */
  readonly deadline: number | undefined
  readonly emit: (event: RunEvent) => void
  /** Statements of this run that took long, in their order. */
  readonly slow: SlowStatement[]
}

export interface RetryLimits {
  readonly attempts: number
  readonly delayMs: number
  readonly maxDelayMs: number
}

/** Tells as events what the server says besides its answers. Returns the function that stops it. */
export function tellNotices({ connection, emit }: RunContext): () => void {
  return connection.onNotice(({ severity, sqlState: code, message }) => {
    // A ROLLBACK of our own, sent in case a transaction is still open, is nothing to warn of.
    if (code !== sqlState.no_active_sql_transaction) emit({ type: "notice", severity, message })
  })
}

/**
 * Called between any two steps.
 *
 * @throws ToolError `interrupted`, `deadline-reached` or `runner-lock-lost`
 */
export function checkStop(context: RunContext): void {
  if (context.signal?.aborted) throw interrupted()
  if (context.deadline !== undefined && performance.now() > context.deadline) {
    throw new ToolError("deadline-reached", "the deadline is over", {
      hint: "run the same command again to go on",
    })
  }
  if (context.lock.lost) throw lockLost()
}

/** @param details what was rolled back and what stays */
export function interrupted(details: readonly string[] = []): ToolError {
  return new ToolError("interrupted", "the run was interrupted", {
    details,
    hint: "run the same command again to go on",
  })
}

export function lockLost(): ToolError {
  return new ToolError("runner-lock-lost", "the connection that held the runner's lock has ended", {
    hint: "run the same command again; what was finished is recorded",
  })
}
