import type { Finding } from "../lint/finding.ts"
import type { Band } from "../lint/forecast.ts"
import type { AcceptedFinding } from "../lint/revision.ts"
import type { Phase } from "../revisions/revision.ts"
import type { HeldRevision } from "./hold.ts"
import type { RowsAtRisk } from "./rows-at-risk.ts"

/** What a deploy would do to one database: for people to read, and for `upgrade --plan` to do exactly that. */
export interface DeployPlan {
  /** Version of this shape. */
  readonly v: 1
  readonly database: string
  readonly environment?: string
  /** Version of the server, as it says it. */
  readonly server: string
  /** ISO 8601, UTC. */
  readonly madeAt: string
  readonly toolVersion: string
  /** The revisions that the database was at. */
  readonly current: readonly string[]
  /** What is applied, in its order: what an approval is for. */
  readonly digest: string
  readonly madeFor: PlanBasis
  readonly revisions: readonly PlannedRevision[]
  /** Contract revisions that wait, and why. */
  readonly held: readonly HeldRevision[]
  /** All statements one after the other; null where the size of a table is not known. */
  readonly forecast: Band | null
  /** How many recorded statements the forecast goes by; 0: it is a guess. */
  readonly measured: number
  /** What a reader should know of the plan as a whole. */
  readonly notes: readonly string[]
}

/** The tables that a plan says are written anew, by the revision that does. */
export function rewritesIn({ revisions }: DeployPlan): ReadonlyMap<string, readonly string[]> {
  return new Map(
    revisions.map(({ id, statements }) => [
      id,
      [
        ...new Set(
          statements.flatMap(({ work }) =>
            work.flatMap(({ kind, relation }) => (kind === "rewrite" ? [relation] : [])),
          ),
        ),
      ],
    ]),
  )
}

/** The database that a plan was made for, as it was. */
export interface PlanBasis {
  /** Digest of its history, but for what the plan itself applies. */
  readonly history: string
  /** Fingerprint of its catalog. */
  readonly catalog: string
}

export interface PlannedRevision {
  readonly id: string
  readonly title: string
  readonly file: string
  readonly checksum: string
  readonly phase: Phase | null
  /** `transaction`: one for all of it. `steps`: each statement for itself. */
  readonly mode: "transaction" | "steps"
  readonly statements: readonly PlannedStatement[]
  readonly forecast: Band | null
  /** Who is kept waiting, and for how long: from the statement that takes the lock to the end of its transaction. */
  readonly waiting: readonly Waiting[]
  readonly findings: readonly Finding[]
  readonly accepted: readonly AcceptedFinding[]
}

export interface Waiting {
  readonly relation: string
  readonly whom: "reads and writes" | "writes"
  /** Line of the statement that takes the lock. */
  readonly fromLine: number
  readonly forecast: Band | null
  /** Rows written to it a second, as the server has counted; null where it has not. */
  readonly writesPerSecond: number | null
}

export interface PlannedStatement {
  readonly sql: string
  readonly file: string
  readonly line: number
  /** `revision`: together with the others of its revision. `own`: by itself. `none`: PostgreSQL forbids one. */
  readonly transaction: "revision" | "own" | "none"
  /** What it locked on scratch that was not locked before, the strongest of each relation. */
  readonly locks: readonly PlannedLock[]
  readonly work: readonly PlannedWork[]
  /** It waits until transactions of others have ended. */
  readonly waitsForOthers: boolean
  readonly forecast: Band | null
  readonly atRisk: readonly RowsAtRisk[]
  /** Why nobody saw what it does; null where it was seen. */
  readonly untraced: string | null
}

export interface PlannedLock {
  readonly relation: string
  /** As PostgreSQL's documentation spells it: `ACCESS EXCLUSIVE`. */
  readonly mode: string
  readonly blocks: "reads and writes" | "writes" | null
}

export interface PlannedWork {
  readonly kind: "scan" | "rewrite" | "index build" | "modification"
  readonly relation: string
  readonly rows: number | null
  readonly bytes: number | null
  readonly forecast: Band | null
}
