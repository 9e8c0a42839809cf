import type { ProjectOptions } from "../api/options.ts"
import { compareText } from "../compare-text.ts"
import { assemble } from "./assemble.ts"
import type { RevisionCache } from "./cache.ts"
import type { RevisionFolder } from "./folder.ts"
import { foldersOf, listFolder, refuse } from "./listing.ts"
import { readFiles } from "./read-files.ts"
import type { Revision } from "./revision.ts"
import { buildGraph } from "./revision-graph.ts"
import { sha256 } from "./sha256.ts"

/** Reads folders of which the cache does not know all, and writes the cache anew. Throws as `readFolder` does. */
export function freshFolder(options: ProjectOptions, cache: RevisionCache | undefined): RevisionFolder {
  const listings = foldersOf(options).map(({ absolute, shown }) => listFolder(absolute, shown))
  const { files, states, problems } = readFiles(listings, cache)
  refuse([...listings.flatMap((listing) => listing.problems), ...problems])

  const assembled = listings.map(({ folder }, index) => {
    return assemble({ folder, files: files[index] ?? new Map() }, options)
  })
  refuse(assembled.flatMap((part) => part.problems))
  const graph = buildGraph(assembled.flatMap((part) => part.revisions))
  const { revisions, heads, effectiveHeads } = graph
  const repeatables = assembled.flatMap((part) => part.repeatables)
  const digest = digestOf([...revisions, ...repeatables])
  const facts = files.flatMap((folder) => [...folder.values()])
  cache?.write({ folders: listings, states, facts, revisions, repeatables, heads, effectiveHeads, digest })
  return { revisions, repeatables, graph, count: revisions.length, heads, effectiveHeads, digest }
}

/** As `RevisionFolder.digest`. */
export function digestOf(revisions: readonly Revision[]): string {
  const lines = revisions.map(({ id, checksum }) => `${id}\t${checksum}`)
  return sha256(lines.sort(compareText).join("\n"))
}
