import type { Catalog } from "../../catalog/catalog.ts"
import type { Diagnostic } from "../../diagnostic.ts"
import type { Scratch } from "../../scratch/scratch.ts"
import type { Source } from "../../sql/source.ts"
import type { ApplicationRole } from "../application-role.ts"
import type { ProjectOptions, SchemaSource } from "../options.ts"
import type { Project } from "../project.ts"

/** One thing that must hold of a project before it is merged. One file each, listed in `all.ts`. */
export interface Guard {
  readonly name: string
  /** What it asks, for the help. */
  readonly asks: string
  /** The guard that must have said yes before this one can be asked. */
  readonly after?: string
  readonly check: (subject: Subject) => Promise<Verdict>
}

/** What a guard answers. */
export interface Verdict {
  readonly verdict: "yes" | "no" | "skipped"
  /** What it is based on, or why it was not asked; one line. */
  readonly evidence: string
  /** What is wrong, or worth knowing. */
  readonly findings?: readonly Diagnostic[]
}

/** What is known of the application's queries. */
export interface QueryOptions extends ApplicationRole {
  /** What the application issues: SQL, or a `queries.json`. Default: nobody says it, and nothing is proven. */
  readonly queries?: readonly Source[]
  /** The files and folders that this was read from, relative to the root, to be read as they were at `since`. */
  readonly queryFiles?: readonly string[]
  /** A commit, branch or tag that git knows: what its queries were is proven against the revisions that came since. */
  readonly since?: string
}

/** What guards look at. What costs something is made when the first of them asks for it. */
export interface Subject {
  readonly options: ProjectOptions & QueryOptions
  /** Where it is said what the schema shall be; none where that is said nowhere. */
  readonly schema: readonly SchemaSource[]
  readonly snapshotFile: string
  readonly historySchema: string
  project(): Promise<Project>
  scratch(): Promise<Scratch>
  /** What all revisions lead to, replayed once. */
  replayed(): Promise<Catalog>
}
