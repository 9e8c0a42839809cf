import { ToolError } from "../diagnostic.ts"
import type { RunOptions } from "./options.ts"

type Limited = Pick<RunOptions, "deadlineMs" | "signal">

/**
 * A runner looks at its deadline between steps only. A deploy ends at it: the platform would kill it otherwise, and
 * what a cancelled statement leaves is known.
 */
export function withinDeadline<Options extends Limited>(options: Options): Options {
  const { deadlineMs = 0, signal } = options
  if (deadlineMs === 0) return options
  const timer = AbortSignal.timeout(deadlineMs)
  return { ...options, signal: signal === undefined ? timer : AbortSignal.any([signal, timer]) }
}

/** What is left of the deadline for the run. */
export function remaining<Options extends Limited>(options: Options, started: number): Options {
  const { deadlineMs = 0 } = options
  if (deadlineMs === 0) return options
  return { ...options, deadlineMs: Math.max(1, deadlineMs - (performance.now() - started)) }
}

/** An interruption that nobody but the deadline asked for. */
export function overdue(error: unknown, limited: Limited, { signal, deadlineMs }: Limited): unknown {
  const own = limited.signal?.aborted === true && signal?.aborted !== true
  if (!own || !(error instanceof ToolError) || error.code !== "interrupted") return error
  return new ToolError("deadline-reached", `the deadline of ${deadlineMs} ms is over`, {
    ...error.facts,
    hint: "run the same command again to go on",
  })
}
