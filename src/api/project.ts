import type { Diagnostic } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { type RevisionFolder, readFolder } from "../revisions/folder.ts"
import type { Revision, RevisionScript } from "../revisions/revision.ts"
import type { ProjectOptions } from "./options.ts"

/** One revision, as the functions of the library speak of it. */
export interface RevisionSummary {
  readonly id: string
  readonly title: string
  readonly file: string
}

export function summary({ id, title, file }: Revision): RevisionSummary {
  return { id, title, file }
}

/** The folder of a project, and the way to read a revision's text. */
export interface Project {
  readonly folder: RevisionFolder
  readonly root: string
  readonly readScript: (revision: Revision) => Promise<RevisionScript>
}

/** Reads the project's revisions. Throws what `readFolder` and `buildGraph` throw. */
export async function openProject(options: ProjectOptions): Promise<Project> {
  // Loaded for the first of what may be thousands, and not at all where nothing is pending.
  let reader: Promise<typeof import("../revisions/script.ts")> | undefined
  return {
    folder: await readFolder(options),
    root: options.root ?? ".",
    readScript: async (revision) => {
      reader ??= import("../revisions/script.ts")
      return (await reader).readScript(options, revision)
    },
  }
}

/** The project as a database sees it: what was squashed is there where the database has applied some of it. */
export async function projectAt(
  project: Project,
  history: History,
  options: ProjectOptions,
): Promise<{ readonly project: Project; readonly findings: readonly Diagnostic[] }> {
  if (history.matchesFolder || history.applied.size === 0) return { project, findings: [] }
  const { asApplied } = await import("../revisions/archive.ts")
  const { folder, findings } = asApplied(project.folder, history.applied.keys(), options)
  return { project: folder === project.folder ? project : { ...project, folder }, findings }
}

/** Leaves only what describes the project, of options that say more. */
export function projectOnly(options: ProjectOptions): ProjectOptions {
  const { root, migrations, format, variables, names, cache, include, exclude } = options
  return {
    ...(root === undefined ? {} : { root }),
    ...(migrations === undefined ? {} : { migrations }),
    ...(format === undefined ? {} : { format }),
    ...(variables === undefined ? {} : { variables }),
    ...(names === undefined ? {} : { names }),
    ...(cache === undefined ? {} : { cache }),
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
  }
}
