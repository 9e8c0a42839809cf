/**
 * What an application may ask of its database's schema, with its own rights and its own client. Loads nothing of
 * Lockstep besides what reads a folder of revisions, and never writes.
 *
 * @example
 * import { waitForSchema } from "lockstep/app"
 * await waitForSchema(pool) // then listen
 */
import { setTimeout as sleep } from "node:timers/promises"
import { ToolError } from "../diagnostic.ts"
import { type Queryable, readApplied } from "./applied.ts"
import { compare, type SchemaReport } from "./compare.ts"
import { type NeedOptions, type Needs, neededBy } from "./needed.ts"

export { ToolError } from "../diagnostic.ts"
export type { Queryable, SchemaReport }

export interface SchemaOptions extends NeedOptions {
  /** Default: `lockstep`. */
  readonly historySchema?: string
}

export interface WaitOptions extends SchemaOptions {
  /** Milliseconds; 0 to look once. Default: 60,000. */
  readonly timeoutMs?: number
  /** Pause between two looks, in milliseconds. Default: 500. */
  readonly intervalMs?: number
  readonly signal?: AbortSignal
  /** Told after each look what it still waits for. Must not throw. */
  readonly onWait?: (reason: unknown) => void
}

/**
 * Makes sure that the database has the revisions that this build needs, with the application's own rights and
 * connection. Reads one view and nothing else; never migrates.
 *
 * A database that is ahead is fine as long as the history marks what it has more as compatible with older code, so
 * that going back to the previous image works.
 *
 * @throws ToolError `schema-behind`, `schema-incompatible`, `schema-edited`, `schema-not-managed`,
 *   `schema-not-readable`; `no-revisions`, `no-migrations-folder` and what else reading the folder throws;
 *   the client's own errors as they are
 */
export async function assertSchema(database: Queryable, options: SchemaOptions = {}): Promise<SchemaReport> {
  return look(database, await neededBy(options), options)
}

/**
 * Waits until `assertSchema` succeeds, for containers that start beside the deploy's migration. Errors of the
 * connection, and rights that the migration has yet to give, are waited out as well.
 *
 * @throws ToolError what `assertSchema` threw last, once the time is over, or `cannot-connect` where there was no
 *   answer; at once `schema-incompatible`, `schema-edited` and what is wrong with the folder, which waiting does not
 *   mend; `interrupted` when the signal says so
 */
export async function waitForSchema(database: Queryable, options: WaitOptions = {}): Promise<SchemaReport> {
  const { timeoutMs = 60_000, intervalMs = 500, signal, onWait } = options
  checkMilliseconds({ timeoutMs, intervalMs })
  const needs = await neededBy(options)
  const end = performance.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      // Whoever looks once waits for the answer as long as the client does.
      const within = timeoutMs === 0 ? undefined : end - performance.now()
      return await limited(() => look(database, needs, options), { withinMs: within, signal, last })
    } catch (error) {
      if (isFinal(error) || performance.now() >= end) throw error
      last = error
      onWait?.(error)
    }
    const pauseMs = Math.min(intervalMs, Math.max(0, end - performance.now()))
    await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

async function look(
  database: Queryable,
  needs: Needs,
  { historySchema = "lockstep" }: SchemaOptions,
): Promise<SchemaReport> {
  const applied = await readApplied(database, historySchema)
  return compare(applied, await needs(applied.flatMap(({ id, repeatable }) => (repeatable ? [] : [id]))))
}

function checkMilliseconds(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number" && value >= 0) continue
    throw new ToolError(
      "invalid-option",
      `${name} must be a number of milliseconds from 0, not ${String(value)}`,
      {
        subject: name,
      },
    )
  }
}

const final: ReadonlySet<string> = new Set(["schema-incompatible", "schema-edited", "interrupted"])

/** A wrong answer of the client is a mistake in the program. */
function isFinal(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof ToolError && final.has(error.code))
}

/** What is longer than this fires at once. */
const longestTimer = 2 ** 31 - 1

interface Limits {
  readonly withinMs: number | undefined
  readonly signal: AbortSignal | undefined
  /** What was found before. The last look may have no time left for an answer, and then this is still what is known. */
  readonly last: unknown
}

/** Runs `work` until its end, or the time's, or the signal's: a client may wait for an answer for ever. */
async function limited<T>(work: () => Promise<T>, { withinMs, signal, last }: Limits): Promise<T> {
  if (signal?.aborted) throw interrupted(signal)
  let timer: NodeJS.Timeout | undefined
  let abort: (() => void) | undefined
  const stopped = new Promise<never>((_, reject) => {
    // A timer may fire a little before its time, and then there would be another look.
    if (withinMs !== undefined)
      timer = setTimeout(() => reject(last ?? noAnswer()), Math.min(withinMs + 2, longestTimer))
    if (signal === undefined) return
    abort = () => reject(interrupted(signal))
    signal.addEventListener("abort", abort, { once: true })
  })
  try {
    return await Promise.race([work(), stopped])
  } finally {
    clearTimeout(timer)
    if (abort !== undefined) signal?.removeEventListener("abort", abort)
  }
}

function noAnswer(): ToolError {
  return new ToolError("cannot-connect", "the database has not answered in time", {
    hint: "check the client's address, and whether the server can be reached from here",
  })
}

function interrupted(signal: AbortSignal): ToolError {
  return new ToolError("interrupted", "waiting for the schema was interrupted", { cause: signal.reason })
}
