import type { Source } from "../sql/source.ts"

/** How a revision relates to the code that serves while it runs. `expand` and `migrate` are compatible with older code. */
export type Phase = "expand" | "migrate" | "contract"

export const phases: readonly Phase[] = ["expand", "migrate", "contract"]

/**
 * The facts of one revision file. Plain and serialisable, without its SQL: with ten thousand revisions only those
 * that run are read again (`readScript`).
 */
export interface Revision {
  readonly id: string
  /** Ids of the revisions that it follows: none for a base, several for a merge. */
  readonly parents: readonly string[]
  /** Ids (or branch labels) that must be applied before, without being joined. */
  readonly dependsOn: readonly string[]
  /** Branch labels given here; they name this revision and all that descend from it. */
  readonly labels: readonly string[]
  /** What it does in a few words: the file name's slug with spaces, or the header's title. */
  readonly title: string
  /** Path relative to the project's root, with forward slashes; as shown to a person. */
  readonly file: string
  /** Paths of further files that belong to it, for example `001_x.down.sql`. */
  readonly downFile?: string
  readonly language: "sql" | "typescript"
  /** The folder format that it was read by: "lockstep", "flyway", "dbmate", ... */
  readonly format: string
  /** Runs again whenever its checksum changes, after all others (Flyway's `R__`). */
  readonly repeatable: boolean
  /** Absent where the header does not say. */
  readonly phase?: Phase
  readonly transaction: "auto" | "none"
  readonly lockTimeoutMs?: number
  readonly statementTimeoutMs?: number
  readonly version?: string
  readonly author?: string
  /** As written in the header. */
  readonly created?: string
  readonly why?: string
  readonly accepts: readonly { readonly rule: string; readonly because: string }[]
  /** "sql": has a rollback section. "none": says `rollback: none because <reason>`. "missing": says nothing. */
  readonly rollback: "sql" | "none" | "missing"
  /** SHA-256, hexadecimal, of the meaning of what runs forward: comments and white space do not count. */
  readonly checksum: string
}

/** The text of a revision, in sections. */
export interface RevisionScript {
  readonly up: Source
  /** Queries that must hold after `up`: one that fails, or returns false, stops the run. */
  readonly verify?: Source
  readonly down?: Source
  /** Why it cannot be undone, where it says so. */
  readonly noRollback?: string
}
