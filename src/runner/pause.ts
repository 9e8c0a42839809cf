import { setTimeout as sleep } from "node:timers/promises"

/** Waits, or throws what `signal` was aborted with. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0) return signal?.throwIfAborted()
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
