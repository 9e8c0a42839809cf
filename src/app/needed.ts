import type { FolderFormatName } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { readFolder } from "../revisions/folder.ts"
import type { Revision } from "../revisions/revision.ts"

/** Which revisions a build of the application needs. */
export interface NeedOptions {
  /**
   * The folders of revisions that this build was made with.
   * Default: the folder `migrations`.
   */
  readonly migrations?: string | readonly string[]
  /** What `migrations` is relative to. Default: the current directory. */
  readonly root?: string
  /** How the folder names its revisions. Default: `auto`, told from the files. */
  readonly format?: FolderFormatName | "auto"
  /**
   * Ids of the revisions that this build needs, where it carries no folder; what they descend from is needed with
   * them, so that the heads are enough. Wins over `migrations`.
   */
  readonly revisions?: readonly string[]
}

/** One revision that a build needs. */
export type Needed = Pick<Revision, "id"> & Partial<Pick<Revision, "checksum" | "repeatable" | "phase">>

/** What a build needs of a database that has applied these revisions. */
export type Needs = (applied: readonly string[]) => Promise<readonly Needed[]>

/**
 * Returns what a build needs. Nothing is ever needed by accident: an image into which the folder was not copied must
 * not find every schema good enough.
 *
 * @throws ToolError `no-revisions`, and what reading the folder throws
 */
export async function neededBy(options: NeedOptions): Promise<Needs> {
  const { revisions, migrations = "migrations", root, format } = options
  if (revisions !== undefined) {
    const named = some(
      revisions.map((id) => ({ id })),
      "no revisions were named",
    )
    return async () => named
  }
  // An application leaves no files behind, not even a cache.
  const project = {
    migrations,
    cache: false as const,
    ...(root === undefined ? {} : { root }),
    ...(format === undefined ? {} : { format }),
  }
  const folder = await readFolder(project)
  const places = typeof migrations === "string" ? migrations : migrations.join(", ")
  const needed = some(
    [...folder.revisions, ...folder.repeatables],
    `there are no revisions in ${places || "any folder"}`,
  )
  const known = new Set(needed.map(({ id }) => id))
  return async (applied) => {
    const ids = applied.filter((id) => !known.has(id))
    if (ids.length === 0) return needed
    // What the build does not know may be what was squashed into something that it knows.
    const { asApplied } = await import("../revisions/archive.ts")
    const view = asApplied(folder, applied, project).folder
    return [...view.revisions, ...view.repeatables]
  }
}

function some(needed: readonly Needed[], otherwise: string): readonly Needed[] {
  if (needed.length > 0) return needed
  throw new ToolError("no-revisions", `${otherwise}, so nothing is known about the schema that is needed`, {
    hint: "in an image, check that the Dockerfile copies them",
  })
}
