import type { ReleaseFacts } from "../history/releases.ts"
import type { Revision } from "../revisions/revision.ts"
import type { RevisionGraph } from "../revisions/revision-graph.ts"
import { standingOf } from "./serving.ts"

/** A contract revision that waits. */
export interface HeldRevision {
  readonly id: string
  readonly title: string
  readonly file: string
  /** Why, each with what ends it. */
  readonly reasons: readonly string[]
}

/** What of the pending revisions may run now. */
export interface HoldDecision {
  readonly due: readonly Revision[]
  readonly held: readonly HeldRevision[]
  /** Revisions that come after a held one and are no contracts themselves: new code may need them. */
  readonly behind: readonly Revision[]
}

export interface HoldOptions {
  /** The release that is deployed now. */
  readonly release: string | undefined
  readonly soakMs: number
  readonly now: Date
  /** Contract revisions that somebody has let go, for a reason. */
  readonly released: ReadonlySet<string>
}

/**
 * Holds each contract revision until its expand ran in an earlier release, its soak time is over, and no release that
 * serves was built before it. Where nothing serves yet, nothing is held.
 */
export function holdContracts(
  graph: RevisionGraph,
  pending: readonly Revision[],
  facts: ReleaseFacts,
  options: HoldOptions,
): HoldDecision {
  const held = new Map<string, HeldRevision>()
  if (!facts.fresh)
    for (const revision of pending) {
      if (revision.phase !== "contract" || options.released.has(revision.id)) continue
      const reasons = reasonsFor(revision, graph, pending, facts, options)
      if (reasons.length > 0) held.set(revision.id, heldFor(revision, reasons))
    }
  const after = graph.descendants(held.keys())
  const behind: Revision[] = []
  const due: Revision[] = []
  for (const revision of pending) {
    if (held.has(revision.id)) continue
    if (revision.repeatable || !after.has(revision.id)) due.push(revision)
    else if (revision.phase !== "contract") behind.push(revision)
    else held.set(revision.id, heldFor(revision, ["it comes after a revision that is held"]))
  }
  return { due, held: [...held.values()], behind }
}

function heldFor({ id, title, file }: Revision, reasons: readonly string[]): HeldRevision {
  return { id, title, file, reasons }
}

function reasonsFor(
  { id }: Revision,
  graph: RevisionGraph,
  pending: readonly Revision[],
  { releases, young }: ReleaseFacts,
  { release, soakMs, now }: HoldOptions,
): readonly string[] {
  const before = graph.ancestors([id])
  const expand = pending.find(({ id: other, phase }) => phase !== "contract" && before.has(other))
  if (expand !== undefined)
    return [
      `${expand.id}, which makes room for it, runs in this deploy; the next release's deploy may apply it`,
    ]
  const reasons: string[] = []
  const related = young.filter((each) => before.has(each.id))
  const same = release === undefined ? undefined : related.find((each) => each.release === release)
  if (same !== undefined)
    reasons.push(`${same.id}, which makes room for it, came with this same release, ${release}`)
  const last = Math.max(...related.map(({ at }) => Date.parse(at)))
  if (related.length > 0 && last + soakMs > now.getTime())
    reasons.push(`what makes room for it soaks until ${new Date(last + soakMs).toISOString().slice(0, 19)}Z`)
  const older = standingOf(releases, { soakMs, now }).filter(
    (each) => each.serves && each.id !== release && !each.contracts.includes(id),
  )
  for (const each of older)
    reasons.push(
      `release ${each.id} still serves and was built before it; once it is gone: lockstep release retired ${each.id}`,
    )
  return reasons
}
