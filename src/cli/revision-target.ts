import type { ProjectOptions, TargetOptions } from "../api/options.ts"
import type { Context } from "./context.ts"

/**
 * Returns options for looking up a revision: with the database's address only where the word counts from what is
 * applied, so that an address which cannot be found does not stand in the way of any other.
 */
export async function revisionTarget(
  word: string,
  context: Context,
): Promise<ProjectOptions & TargetOptions> {
  return countsFromApplied(word) ? context.targetOptions() : context.projectOptions()
}

/** Tells whether a word, or an end of a range, counts from what a database has applied. */
export function countsFromApplied(word: string): boolean {
  const [from = "", to] = word.split(":")
  const relative = (end: string) => /^(.*@)?(current|[+-]\d+)$/.test(end)
  if (to === undefined) return relative(from)
  // `a:+2` counts from a, `-2:b` from b.
  const anchored = (from !== "" && !relative(from)) || (to !== "" && !relative(to))
  return /\bcurrent\b/.test(word) || (!anchored && (relative(from) || relative(to)))
}
