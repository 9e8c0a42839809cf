import { ToolError } from "../diagnostic.ts"
import { reachable } from "../graph.ts"
import { ambiguous } from "./find.ts"
import type { Revision } from "./revision.ts"
import type { RevisionGraph } from "./revision-graph.ts"

/** The revisions of one branch: where it begins, and all that descends from there by parents. */
export type Branch = ReadonlySet<string>

/** Returns the branch that begins with a revision. */
export function branchFrom(graph: RevisionGraph, id: string): Branch {
  return reachable([id], (member) => graph.children(member).map((child) => child.id))
}

/**
 * Goes `steps` revisions forward from what is applied, one pending revision at a time.
 *
 * @returns the revisions on the way, in the order in which they would run
 * @throws ToolError `ambiguous-revision` where several could be next; `relative-out-of-range`
 */
export function stepForward(
  graph: RevisionGraph,
  applied: ReadonlySet<string>,
  steps: number,
  word: string,
  branch?: Branch,
): Revision[] {
  const pending = graph.revisions.filter(({ id }) => !applied.has(id) && (branch?.has(id) ?? true))
  const frontier = new Frontier(
    pending,
    (id) => graph.prerequisites(id),
    (id) => graph.dependents(id),
  )
  return frontier.take(steps, (next, taken) => {
    if (next.length > 0) return ambiguous(word, `${word} is ambiguous: ${count(next)} could be next`, next)
    return outOfRange(word, taken === 0 ? "nothing is pending" : `only ${taken} pending`)
  })
}

/**
 * Goes `steps` revisions back from what is applied.
 *
 * @returns the revisions on the way, the last applied first
 * @throws ToolError `ambiguous-revision` where several could be undone next; `relative-out-of-range`
 */
export function stepBack(
  graph: RevisionGraph,
  applied: ReadonlySet<string>,
  steps: number,
  word: string,
  branch?: Branch,
): Revision[] {
  const present = graph.revisions.filter(({ id }) => applied.has(id) && (branch?.has(id) ?? true))
  const frontier = new Frontier(
    present,
    (id) => graph.dependents(id),
    (id) => graph.prerequisites(id),
  )
  return frontier.take(steps, (next, taken) => {
    if (next.length > 0) {
      const message = `${word} is ambiguous: ${count(next)} could be undone first`
      return ambiguous(word, message, next, 'name the revision to go back to, or a branch: "<label>@-1"')
    }
    return outOfRange(word, taken === 0 ? "nothing is applied" : `only ${taken} applied`)
  })
}

/**
 * Follows the graph `steps` children up (positive) or parents down (negative) from one revision.
 *
 * @returns where it ends, or undefined one step below a base
 * @throws ToolError `ambiguous-revision` at a fork or a merge; `relative-out-of-range`
 */
export function walk(
  graph: RevisionGraph,
  start: Revision,
  steps: number,
  word: string,
  branch?: Branch,
): Revision | undefined {
  let at: Revision | undefined = start
  for (let step = 0; step < Math.abs(steps); step++) {
    if (at === undefined) throw outOfRange(word, `${start.id} has only ${step - 1} revisions below it`)
    const up: readonly Revision[] = steps > 0 ? graph.children(at.id) : graph.parents(at.id)
    const next = steps > 0 && branch !== undefined ? up.filter(({ id }) => branch.has(id)) : up
    if (next.length > 1) {
      const where = steps > 0 ? "children" : "parents"
      throw ambiguous(word, `${word} is ambiguous: ${at.id} has ${next.length} ${where}`, next)
    }
    if (next.length === 0 && steps > 0) {
      throw outOfRange(word, `${start.id} has only ${step} ${step === 1 ? "revision" : "revisions"} above it`)
    }
    at = next[0]
  }
  return at
}

/** Takes nodes of a graph one by one, each when nothing that it waits for is left. */
class Frontier {
  readonly #waiting: Map<string, number>
  readonly #releases: (id: string) => readonly Revision[]
  #ready: Revision[]

  constructor(
    nodes: readonly Revision[],
    waitsFor: (id: string) => readonly Revision[],
    releases: (id: string) => readonly Revision[],
  ) {
    const present = new Set(nodes.map(({ id }) => id))
    const open = (id: string) => waitsFor(id).filter((other) => present.has(other.id)).length
    this.#waiting = new Map(nodes.map(({ id }) => [id, open(id)]))
    this.#ready = nodes.filter(({ id }) => this.#waiting.get(id) === 0)
    this.#releases = releases
  }

  take(steps: number, failure: (ready: readonly Revision[], taken: number) => ToolError): Revision[] {
    const taken: Revision[] = []
    while (taken.length < steps) {
      const [next, ...others] = this.#ready
      if (next === undefined || others.length > 0) throw failure(this.#ready, taken.length)
      taken.push(next)
      this.#ready = this.#releases(next.id).filter(({ id }) => {
        const left = (this.#waiting.get(id) ?? 0) - 1
        this.#waiting.set(id, left)
        return left === 0
      })
    }
    return taken
  }
}

function count(revisions: readonly Revision[]): string {
  return `${revisions.length} revisions`
}

function outOfRange(word: string, why: string): ToolError {
  return new ToolError("relative-out-of-range", `${word} goes too far: ${why}`, {
    subject: word,
    hint: "`base` and `heads` are the ends",
  })
}
