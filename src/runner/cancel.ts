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
 * @throws ToolError `interrupted` where that has happened before; else what `work` throws
 */
export async function cancellable<T>(context: RunContext, work: () => Promise<T>): Promise<T> {
  const { connection, signal } = context
  if (signal === undefined) return work()
  if (signal.aborted) throw interrupted()
  const end = new AbortController()
  let requests: Promise<void> | undefined
  const cancel = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await connection.cancel()
      await sleep(againAfterMs, undefined, { signal: end.signal }).catch(() => undefined)
    }
  }
  const listener = (): void => {
    requests = cancel()
  }
  signal.addEventListener("abort", listener, { once: true })
  try {
    return await work()
  } finally {
    signal.removeEventListener("abort", listener)
    end.abort()
    // A network that swallows packets must not keep an interrupted run from ending.
    if (requests !== undefined) await Promise.race([requests, sleep(patienceMs, undefined, { ref: false })])
  }
}
