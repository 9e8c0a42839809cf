import type { Revision } from "./revision.ts"
import type { Applied, RevisionGraph } from "./revision-graph.ts"

/** A pending revision that comes before one that is applied already. */
export interface OutOfOrder {
  readonly pending: Revision
  /** The first applied revision, in the order of the graph, that needs it. */
  readonly applied: Revision
}

/** Returns the pending revisions that something applied descends from or depends on, in the order of the graph. */
export function outOfOrder(graph: RevisionGraph, applied: Applied): OutOfOrder[] {
  const found: OutOfOrder[] = []
  const firstApplied = new Map<string, Revision>()
  for (const revision of graph.revisions.toReversed()) {
    if (applied.has(revision.id)) {
      firstApplied.set(revision.id, revision)
      continue
    }
    const above = graph.dependents(revision.id).flatMap(({ id }) => firstApplied.get(id) ?? [])
    if (above.length === 0) continue
    const first = above.reduce((a, b) => (graph.position(b.id) < graph.position(a.id) ? b : a))
    firstApplied.set(revision.id, first)
    found.push({ pending: revision, applied: first })
  }
  return found.reverse()
}

/** Revisions that a database has applied and the folder does not have. */
export interface UnknownApplied {
  readonly ids: readonly string[]
  /**
   * True where the folder is complete as far as it goes and the database went on from there, as when an older image
   * meets a newer database. Otherwise files are gone from the middle, or another line of history was applied.
   */
  readonly databaseAhead: boolean
}

/**
 * Finds what is applied in the database but is not in the folder.
 *
 * @param appliedIds in the order in which they were applied, without repeatable revisions
 * @returns no ids where the folder knows them all
 */
export function unknownApplied(graph: RevisionGraph, appliedIds: Iterable<string>): UnknownApplied {
  const ids: string[] = []
  let known = 0
  let knownAfterUnknown = false
  for (const id of new Set(appliedIds)) {
    if (graph.get(id) === undefined) ids.push(id)
    else {
      known++
      knownAfterUnknown ||= ids.length > 0
    }
  }
  const complete = known === graph.revisions.length
  return { ids, databaseAhead: ids.length > 0 && complete && !knownAfterUnknown }
}
