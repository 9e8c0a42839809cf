import { existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import type { ProjectOptions } from "../api/options.ts"
import { type Diagnostic, diagnostic } from "../diagnostic.ts"
import { assemble } from "./assemble.ts"
import type { RevisionFolder } from "./folder.ts"
import { digestOf } from "./fresh-folder.ts"
import { foldersOf, listFolder, refuse, shownPath } from "./listing.ts"
import { readFiles } from "./read-files.ts"
import type { Revision } from "./revision.ts"
import { buildGraph, type RevisionGraph } from "./revision-graph.ts"

/** Revisions that were squashed into one. Their files are kept in `archive/<its id>`, beside the others. */
export interface Squashed {
  /** The id of the revision that does what they did. */
  readonly by: string
  readonly revisions: readonly Revision[]
}

/** The folder inside a folder of revisions that keeps what was squashed. */
export const archiveName = "archive"

/** Reads what was squashed; throws as `readFolder` does. */
export function readArchive(options: ProjectOptions): readonly Squashed[] {
  return foldersOf(options).flatMap(({ absolute, shown }) => {
    const archive = join(absolute, archiveName)
    if (!existsSync(archive)) return []
    const kept = readdirSync(archive)
      .filter((name) => statSync(join(archive, name)).isDirectory())
      .sort()
    return kept.map((by) => ({
      by,
      revisions: readOne(join(archive, by), shownPath(shown, `${archiveName}/${by}`), options),
    }))
  })
}

function readOne(absolute: string, folder: string, options: ProjectOptions): readonly Revision[] {
  const listing = listFolder(absolute, folder)
  const { files, problems } = readFiles([listing])
  refuse([...listing.problems, ...problems])
  const assembled = assemble({ folder, files: files[0] ?? new Map() }, options)
  refuse(assembled.problems)
  return assembled.revisions
}

/** A folder as a database sees it. */
export interface FolderView {
  readonly folder: RevisionFolder
  /** Where the database has a part of what was squashed: the rest runs from the archive. */
  readonly findings: readonly Diagnostic[]
}

/**
 * Returns the folder with squashed revisions in place of the one that replaces them, where a database has applied any of
 * them: it then has all, or the next upgrade runs the rest. A database that has none gets the one.
 *
 * @param applied ids
 */
export function asApplied(
  folder: RevisionFolder,
  applied: Iterable<string>,
  options: ProjectOptions,
): FolderView {
  const ids = new Set(applied)
  if ([...ids].every((id) => folder.graph.get(id) !== undefined)) return { folder, findings: [] }
  let left = readArchive(options)
  let graph = folder.graph
  const findings: Diagnostic[] = []
  // What was squashed may itself have been the result of squashing.
  for (let isChanged = true; isChanged; ) {
    isChanged = false
    for (const squashed of left) {
      const { by, revisions } = squashed
      const done = revisions.filter(({ id }) => ids.has(id)).length
      const holdsOlder = left.some((other) => revisions.some(({ id }) => id === other.by))
      if (graph.get(by) === undefined || ids.has(by) || (done === 0 && !holdsOlder)) continue
      graph = inPlaceOf(graph, squashed)
      left = left.filter((other) => other !== squashed)
      if (done > 0 && done < revisions.length) findings.push(midway(squashed, done))
      isChanged = true
    }
  }
  return graph === folder.graph ? { folder, findings } : { folder: withGraph(folder, graph), findings }
}

function inPlaceOf(graph: RevisionGraph, { by, revisions }: Squashed): RevisionGraph {
  const needed = new Set(revisions.flatMap(({ parents }) => parents))
  const tops = revisions.filter(({ id }) => !needed.has(id)).map(({ id }) => id)
  const swap = (ids: readonly string[]) => [...new Set(ids.flatMap((id) => (id === by ? tops : [id])))]
  const others = graph.revisions
    .filter(({ id }) => id !== by)
    .map((revision) => ({
      ...revision,
      parents: swap(revision.parents),
      dependsOn: swap(revision.dependsOn),
    }))
  return buildGraph([...others, ...revisions])
}

function withGraph(folder: RevisionFolder, graph: RevisionGraph): RevisionFolder {
  const { revisions, heads, effectiveHeads } = graph
  const { repeatables } = folder
  const digest = digestOf([...revisions, ...repeatables])
  return { revisions, repeatables, graph, count: revisions.length, heads, effectiveHeads, digest }
}

function midway({ by, revisions }: Squashed, done: number): Diagnostic {
  return diagnostic(
    "warning",
    "squash-unfinished",
    `the database has ${done} of the ${revisions.length} revisions that ${by} replaces; the others run from the archive`,
    {
      subject: by,
      hint: "lockstep upgrade applies them; keep the archive until every database is past them",
    },
  )
}
