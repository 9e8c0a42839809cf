import { interrupted } from "./context.ts"

/**
 * Waits for `work`, or until the signal says to stop: nothing is known then about a network that does not answer.
 *
 * @param undo given what `work` still comes to afterwards
 * @throws ToolError `interrupted`, or what `work` throws
 */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  undo: (late: T) => unknown = () => undefined,
): Promise<T> {
  if (signal === undefined) return work()
  if (signal.aborted) throw interrupted()
  const working = work()
  let abort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(interrupted())
    signal.addEventListener("abort", abort, { once: true })
  })
  try {
    return await Promise.race([working, aborted])
  } catch (error) {
    if (signal.aborted) working.then(undo, () => undefined)
    throw error
  } finally {
    signal.removeEventListener("abort", abort)
  }
}
