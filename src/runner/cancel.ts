import { setTimeout as sleep } from "node:timers/promises"
import { interrupted, type RunContext } from "./context.ts"

const againAfterMs = 200
const patienceMs = 1_000

/**
 * Runs `work`, which sends statements over the run's connection, and cancels what it runs when the run is interrupted:
 * again and again until it ends, because a request that falls between two statements is lost.
 *
 * Afterwards no request is under way any more, so that none can hit what is sent next.
 *
 * @param begun nothing is cancelled before it settles: a BEGIN that is cancelled leaves no transaction for what was sent
 * behind it
 * @throws ToolError `interrupted` where that has happened before; else what `work` throws
 */
export async function cancellable<T>(
  context: RunContext,
  work: () => Promise<T>,
  begun?: Promise<void>,
): Promise<T> {
  const { connection, signal } = context
  if (signal === undefined) return work()
  if (signal.aborted) throw interrupted()
  let end: AbortController | undefined
  let requests: Promise<void> | undefined
  const cancel = async (ended: AbortSignal): Promise<void> => {
    await begun?.catch(() => undefined)
    while (!ended.aborted) {
      await connection.cancel()
      await sleep(againAfterMs, undefined, { signal: ended }).catch(() => undefined)
    }
  }
  const listener = (): void => {
    end = new AbortController()
    requests = cancel(end.signal)
  }
  signal.addEventListener("abort", listener, { once: true })
  try {
    return await work()
  } finally {
    signal.removeEventListener("abort", listener)
    end?.abort()
    // A network that swallows packets must not keep an interrupted run from ending.
    if (requests !== undefined) await Promise.race([requests, sleep(patienceMs, undefined, { ref: false })])
  }
}
