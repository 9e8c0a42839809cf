import { checkStop, type RunContext } from "./context.ts"
import { StepError } from "./execute.ts"
import { pause } from "./pause.ts"
import { retryDelayMs } from "./retry.ts"
import { rollback } from "./transaction.ts"

/**
 * Runs `attempt`, and again while the server answers that a lock was not available, or that there was a deadlock.
 * Between two tries the transaction is rolled back, so that nobody waits for this run while it waits.
 *
 * @param revisionOf whose statement it was, for the event
 * @param attempt is given the number of the try, from 1
 * @returns how many tries it took
 * @throws what the last try threw; ToolError `interrupted`, `deadline-reached`, `runner-lock-lost` between two tries
 */
export async function retryLocks(
  context: RunContext,
  revisionOf: (error: StepError) => string,
  attempt: (number: number) => Promise<void>,
): Promise<number> {
  const { retry } = context
  let seen: StepError["blockers"] = []
  for (let number = 1; ; number += 1) {
    try {
      await attempt(number)
      return number
    } catch (error) {
      if (!(error instanceof StepError) || !mayPass(context, error)) throw error
      if (error.blockers.length > 0) seen = error.blockers
      if (number >= retry.attempts) throw withBlockers(error, seen)
      await rollback(context.connection)
      const retryInMs = retryDelayMs(retry, number, Math.random())
      context.emit({
        type: "lock-not-available",
        revision: revisionOf(error),
        attempt: number,
        attempts: retry.attempts,
        retryInMs,
        blockers: error.blockers,
      })
      await pause(Math.min(retryInMs, timeLeftMs(context)), context.signal).catch(() => undefined)
      checkStop(context)
    }
  }
}

/** Whoever was in the way of the last try may have been seen in an earlier one only: looking takes a moment, too. */
function withBlockers(error: StepError, seen: StepError["blockers"]): StepError {
  return error.blockers.length > 0 ? error : new StepError(error.step, error.server, seen, error.tookMs)
}

/** A statement that waits for the runner's own lock would wait for ever. */
function mayPass({ lock }: RunContext, error: StepError): boolean {
  return error.isLock && !error.blockers.some(({ pid }) => pid === lock.pid)
}

function timeLeftMs({ deadline }: RunContext): number {
  return deadline === undefined ? Number.POSITIVE_INFINITY : deadline - performance.now()
}
