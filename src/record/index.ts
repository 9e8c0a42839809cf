/**
 * Takes down the queries that an application issues while its own tests run, as `queries.json`: for
 * `lockstep prove`, `lint` and `check`, and for the deploy that must not break them. Loads no driver.
 *
 * @example
 * import { recordQueries } from "lockstep/record"
 * const pool = recordQueries(new Pool({ connectionString }), { from: "src" })
 */
import { ToolError } from "../diagnostic.ts"
import { drivers } from "./drivers.ts"
import { type RecordOptions, recorderOf } from "./recorder.ts"

export { ToolError } from "../diagnostic.ts"
export type { QueryManifest, RecordedQuery } from "../queries/manifest.ts"
export { clearQueries, type RecordOptions, writeQueries } from "./recorder.ts"

/**
 * Has everything that goes through `subject` taken down, and returns what to use in its place. That is `subject` itself,
 * changed, for `pg` (the module, its `Client` or `Pool`, or one of them) and Drizzle; and a copy that goes with it for
 * postgres.js, Kysely (a `Kysely` or its dialect) and Prisma (its client, or a driver adapter). It may be a whole test
 * run in many workers: their queries are merged in one file, sorted, each text once.
 *
 * @throws ToolError `invalid-option` where it is none of these
 */
export function recordQueries<Subject extends object>(
  subject: Subject,
  options: RecordOptions = {},
): Subject {
  const driver = drivers.find(({ is }) => is(subject))
  if (driver === undefined) {
    throw new ToolError("invalid-option", "recordQueries was given nothing that issues queries", {
      hint: "give it pg, a Pool or Client of it, the sql of postgres.js, or the database object of Drizzle, Kysely or Prisma",
    })
  }
  const recorder = recorderOf(options.file)
  return driver.record(subject, (text) => recorder.note(text, options)) as Subject
}
