import { ToolError } from "../diagnostic.ts"
import { ambiguous, candidates, findRevision, listed } from "./find.ts"
import type { Revision } from "./revision.ts"
import type { Applied, RevisionGraph } from "./revision-graph.ts"
import { type Branch, branchFrom, stepBack, stepForward, walk } from "./walk.ts"
import { parseWord, type Word } from "./word.ts"

export { type OutOfOrder, outOfOrder, type UnknownApplied, unknownApplied } from "./gaps.ts"
export type { Applied } from "./revision-graph.ts"

/** What an upgrade would run. */
export interface UpgradePlan {
  /** What the words mean, in the order of the graph. */
  readonly targets: readonly Revision[]
  /** The targets and all that they need, without what is applied; each after all that it needs. */
  readonly pending: readonly Revision[]
}

/**
 * Finds what is pending up to the revisions that `words` name.
 *
 * `+2` means the next two pending revisions, where at each step only one can be next.
 *
 * @throws ToolError `unknown-revision`, `ambiguous-revision`, `multiple-heads`, `relative-out-of-range`,
 * `wrong-direction`
 */
export function planUpgrade(graph: RevisionGraph, applied: Applied, words: readonly string[]): UpgradePlan {
  const places = words.map((text) => {
    const word = parse(graph, text)
    if (isRelative(word) && word.offset < 0) {
      throw wrongDirection(text, "an upgrade goes forward", `"lockstep downgrade ${text}" goes back`)
    }
    return placeOf(graph, applied, word)
  })
  const targets = graph.sorted(places.flatMap(idsAt(graph)))
  const needed = graph.ancestors(targets.map(({ id }) => id))
  const pending = graph.revisions.filter(({ id }) => needed.has(id) && !applied.has(id))
  return { targets, pending }
}

/**
 * Finds what has to be undone to go back to the revision that `word` names, the last one first.
 *
 * That revision stays. What descends from it is undone, and whatever depends on that; `base` undoes everything,
 * `<label>@base` one branch, `-1` the one revision that was applied last.
 *
 * @throws ToolError `unknown-revision`, `ambiguous-revision`, `multiple-heads`, `relative-out-of-range`,
 * `revision-not-applied`, `wrong-direction`
 */
export function planDowngrade(graph: RevisionGraph, applied: Applied, text: string): readonly Revision[] {
  const word = parse(graph, text)
  const branch = branchOf(graph, word)
  const undone = (first: readonly Revision[]) => {
    const inBranch = branch === undefined ? first : first.filter(({ id }) => branch.has(id))
    const lost = graph.descendants(inBranch.map(({ id }) => id))
    return graph.revisions.filter(({ id }) => lost.has(id) && applied.has(id)).reverse()
  }

  if (isRelative(word)) {
    if (word.offset > 0) {
      throw wrongDirection(text, "a downgrade goes back", `"lockstep upgrade ${text}" goes forward`)
    }
    return undone(stepBack(graph, applied, -word.offset, text, branch))
  }
  const place = placeOf(graph, applied, word)
  if (place.before !== undefined) return undone(place.before)
  for (const { id, title } of place.at) {
    if (applied.has(id)) continue
    throw new ToolError(
      "revision-not-applied",
      `${id} (${title}) is not applied, so there is no way back to it`,
      {
        hint: "`lockstep status` shows what is applied",
        subject: id,
      },
    )
  }
  return undone(place.at.flatMap(({ id }) => graph.children(id)))
}

/**
 * Returns the one revision that `word` names.
 *
 * @throws ToolError `unknown-revision`, also for `base`; `ambiguous-revision`, `multiple-heads`,
 * `relative-out-of-range`
 */
export function resolveOne(graph: RevisionGraph, applied: Applied, word: string): Revision {
  const place = placeOf(graph, applied, parse(graph, word))
  const [revision, ...others] = place.at ?? []
  if (revision === undefined) throw nowhere(graph, word, place)
  if (others.length > 0) {
    throw ambiguous(word, `${word} means ${others.length + 1} revisions`, [revision, ...others])
  }
  return revision
}

/**
 * Returns the revisions that `words` name, each once, in the order of the graph. `base` names none, and
 * `<label>@base` what the branch begins on.
 *
 * @throws ToolError `unknown-revision`, `ambiguous-revision`, `multiple-heads`, `relative-out-of-range`
 */
export function resolveMany(graph: RevisionGraph, applied: Applied, words: readonly string[]): Revision[] {
  return graph.sorted(words.flatMap((word) => idsAt(graph)(placeOf(graph, applied, parse(graph, word)))))
}

/** Two places in the graph, and what lies between them. */
export interface RevisionRange {
  /** Where it begins; none for `base`. */
  readonly from: readonly Revision[]
  readonly to: readonly Revision[]
  /** The revisions on a way from one end to the other, both ends included: what a history shows. */
  readonly between: readonly Revision[]
  /** What a database at `from` lacks to be at `to`: what an upgrade runs. `from` is not among it. */
  readonly pending: readonly Revision[]
}

/**
 * Resolves `a:b`. Without `a` it begins at `base`, without `b` it ends at `heads`; one word alone is both ends.
 * `a:+2` counts from a, `-2:b` from b.
 *
 * @throws ToolError `unknown-revision`, `ambiguous-revision`, `multiple-heads`, `relative-out-of-range`
 */
export function resolveRange(graph: RevisionGraph, applied: Applied, range: string): RevisionRange {
  const colon = range.indexOf(":")
  const first = parse(graph, colon < 0 ? range : range.slice(0, colon) || "base")
  const last = parse(graph, colon < 0 ? range : range.slice(colon + 1) || "heads")

  const countsFromEnd = colon >= 0 && isRelative(first) && first.offset < 0 && !isRelative(last)
  const end = countsFromEnd ? placeOf(graph, applied, last) : undefined
  const start = placeOf(graph, end === undefined ? applied : reached(graph, end), first)
  const there = reached(graph, start)
  const to = end ?? placeOf(graph, isRelative(last) && colon >= 0 ? there : applied, last)

  const needed = reached(graph, to)
  const following = graph.descendants((start.at ?? start.before).map(({ id }) => id))
  return {
    from: graph.sorted(idsAt(graph)(start)),
    to: graph.sorted(idsAt(graph)(to)),
    between: graph.revisions.filter(({ id }) => following.has(id) && needed.has(id)),
    pending: graph.revisions.filter(({ id }) => needed.has(id) && !there.has(id)),
  }
}

/** Returns what is applied and has nothing applied above it: what `current` means. */
export function appliedHeads(graph: RevisionGraph, applied: Applied): Revision[] {
  return graph.revisions.filter(({ id }) => {
    return applied.has(id) && !graph.dependents(id).some((dependent) => applied.has(dependent.id))
  })
}

/** A place in the graph: at some revisions, or just before some. Before every base is `base`. */
type Place =
  | { readonly at: readonly Revision[]; readonly before?: undefined }
  | { readonly before: readonly Revision[]; readonly at?: undefined }

function parse(graph: RevisionGraph, text: string): Word {
  return parseWord(text, (name) => candidates(graph, name).length > 0)
}

/** True for `+2`, `label@-1` and `current+1`, which count from what is applied. */
function isRelative({ name, offset }: Word): boolean {
  return offset !== 0 && (name === "" || name === "current")
}

function branchOf(graph: RevisionGraph, { scope, text }: Word): Branch | undefined {
  return scope === undefined ? undefined : branchFrom(graph, findRevision(graph, scope, text).id)
}

function placeOf(graph: RevisionGraph, applied: Applied, word: Word): Place {
  const branch = branchOf(graph, word)
  const within = (revisions: readonly Revision[]) => {
    return branch === undefined ? revisions : revisions.filter(({ id }) => branch.has(id))
  }
  const { text, name, offset } = word

  if (isRelative(word) && offset > 0) {
    return { at: stepForward(graph, applied, offset, text, branch).slice(-1) }
  }
  if (name === "base") {
    const start = branch === undefined ? graph.bases : graph.sorted([...branch].slice(0, 1))
    if (offset <= 0) return { before: start }
    const below = graph.ancestors(start.flatMap(({ id }) => graph.parents(id).map((parent) => parent.id)))
    return { at: stepForward(graph, below, offset, text, branch).slice(-1) }
  }
  const fromApplied = isRelative(word) || name === "current"
  const at = within(fromApplied ? appliedHeads(graph, applied) : byName(graph, word, within))
  if (offset === 0) return { at }

  const [start, ...others] = at
  if (others.length > 0) throw ambiguous(text, `${text} is ambiguous: ${name || "current"} is several`, at)
  if (start === undefined) throw nowhere(graph, text, { at })
  const end = walk(graph, start, offset, text, branch)
  return end === undefined ? { before: basesBelow(graph, start) } : { at: [end] }
}

function byName(
  graph: RevisionGraph,
  { text, scope, name }: Word,
  within: (revisions: readonly Revision[]) => readonly Revision[],
): readonly Revision[] {
  if (name === "heads") return graph.heads
  if (name === "head") {
    const heads = within(graph.heads)
    if (heads.length > 1) throw multipleHeads(text, scope, heads)
    return heads
  }
  const revision = findRevision(graph, name, text)
  if (within([revision]).length === 0) {
    throw new ToolError("unknown-revision", `${revision.id} is not in the branch ${scope}`, {
      subject: text,
      hint: "`lockstep branches` lists the branches and their heads",
    })
  }
  return [revision]
}

/** Says that there are several heads; `scope` is the branch that was asked for. */
export function multipleHeads(
  word: string,
  scope: string | undefined,
  heads: readonly Revision[],
): ToolError {
  const whole = scope === undefined ? "the revision graph" : `the branch ${scope}`
  const ids = heads.map(({ id }) => id)
  const all = scope === undefined ? "heads" : `${scope}@heads`
  return new ToolError("multiple-heads", `${whole} has ${heads.length} heads`, {
    details: listed(heads),
    hint: `"lockstep rebase <revision>" puts one behind the other, "lockstep merge ${ids.slice(0, 5).join(" ")}" joins them, "${all}" means all`,
    subject: word,
    data: { heads: ids },
  })
}

function basesBelow(graph: RevisionGraph, revision: Revision): readonly Revision[] {
  const below = graph.ancestors([revision.id])
  return graph.bases.filter(({ id }) => below.has(id))
}

/** Returns the ids of the revisions at a place: before a branch, those that it begins on. */
function idsAt(graph: RevisionGraph): (place: Place) => string[] {
  return ({ at, before }) => {
    return (at ?? before.flatMap(({ id }) => graph.parents(id))).map(({ id }) => id)
  }
}

/** Returns what a database that is at a place has applied. */
function reached(graph: RevisionGraph, place: Place): ReadonlySet<string> {
  return graph.ancestors(idsAt(graph)(place))
}

function nowhere(graph: RevisionGraph, word: string, { before }: Place): ToolError {
  const why =
    graph.revisions.length === 0
      ? "there are no revisions yet"
      : before === undefined
        ? `${word} names no revision: nothing there is applied`
        : `${word} is the place before the first revision, not a revision`
  return new ToolError("unknown-revision", why, {
    hint: graph.revisions.length === 0 ? '`lockstep new "<what it does>"` writes the first one' : undefined,
    subject: word,
  })
}

function wrongDirection(word: string, message: string, hint: string): ToolError {
  return new ToolError("wrong-direction", `${message}, and ${word} does not`, { hint, subject: word })
}
