import type { ProjectOptions } from "../api/options.ts"
import { RevisionCache } from "./cache.ts"
import { foldersOf } from "./listing.ts"
import type { Revision } from "./revision.ts"
import type { OrderedRevisions } from "./revision-columns.ts"
import { linkInOrder, type RevisionGraph } from "./revision-graph.ts"

/**
 * The revisions of a project, without their SQL. `digest`, `count` and `heads` cost next to nothing where the folder
 * has not changed since the last run; the rest is unpacked when it is first asked for.
 */
export interface RevisionFolder {
  /** Each after all that it needs; the same on every machine. */
  readonly revisions: readonly Revision[]
  /** Revisions that run again whenever they change, after all others, in this order. */
  readonly repeatables: readonly Revision[]
  readonly graph: RevisionGraph
  /** How many revisions there are, without repeatables. */
  readonly count: number
  /** `graph.heads` and `graph.effectiveHeads`, without the cost of the graph. */
  readonly heads: readonly Revision[]
  readonly effectiveHeads: readonly Revision[]
  /**
   * SHA-256, hexadecimal, of every id and checksum, repeatables included: lines `<id> TAB <checksum>` sorted by id
   * as in collation "C", joined by LF. A database whose history gives the same has nothing pending and nothing edited.
   */
  readonly digest: string
}

/**
 * Reads the project's folders of revisions: headers only, nothing is run, no SQL is kept.
 *
 * @throws ToolError `no-migrations-folder`, `unreadable-file`, `unrecognized-file`, `mixed-formats`,
 * `duplicate-number`, `orphan-rollback`, `invalid-revision-id`, `invalid-branch-label`, what reading a file throws
 * (`not-utf8`, `unknown-header-key`, `invalid-header`, `invalid-section`), and what `buildGraph` throws. Several
 * problems come as one error, the others in `facts.also`.
 */
export async function readFolder(options: ProjectOptions = {}): Promise<RevisionFolder> {
  const folders = foldersOf(options)
  const { cache: place, format, names } = options
  const cache = place === false ? undefined : RevisionCache.at(place, { folders, format, names })
  if (cache?.isFresh()) return cachedFolder(cache)
  // Most runs find the folder as it was, and do not need what reads SQL.
  const { freshFolder } = await import("./fresh-folder.ts")
  return freshFolder(options, cache)
}

/** The result of an earlier run; what is not asked for is not even unpacked. */
function cachedFolder(cache: RevisionCache): RevisionFolder {
  let result: OrderedRevisions | undefined
  let graph: RevisionGraph | undefined
  const unpacked = () => {
    result ??= cache.result()
    return result
  }
  return {
    digest: cache.digest,
    count: cache.count,
    get heads() {
      return cache.heads()
    },
    get effectiveHeads() {
      return cache.effectiveHeads()
    },
    get revisions() {
      return unpacked().revisions
    },
    get repeatables() {
      return unpacked().repeatables
    },
    get graph() {
      graph ??= linkInOrder(unpacked().revisions)
      return graph
    },
  }
}
