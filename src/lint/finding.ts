import type { Severity } from "../diagnostic.ts"
import type { RuleId } from "./rules.ts"

/** What a statement will do to a database that serves. Plain and serialisable. */
export interface Finding {
  readonly rule: RuleId
  /** An error is a hazard: requests wait or fail, or data is lost. */
  readonly severity: Severity
  /** The statement as written. */
  readonly statement: string
  /** The relation that is held up or changed, with its schema; null where there is none. */
  readonly relation: string | null
  /** One sentence: what happens, to whom. */
  readonly message: string
  readonly file: string
  /** The 1-based line on which the statement begins. */
  readonly line: number
  /** The revision that the statement belongs to; absent for plain SQL. */
  readonly revision?: string
  /** What to write instead, as SQL where that can be said. */
  readonly fix?: string
}

/** What a rule says; the statement and its place are added by whoever asked. */
export type Verdict = Pick<Finding, "rule" | "message"> & {
  readonly relation?: string
  readonly severity?: Severity
}

/** A verdict on what all statements together have made of the catalog. */
export interface CatalogVerdict extends Verdict {
  /** Names by which the statement can be found that did it, the most telling first. */
  readonly names: readonly string[]
}
