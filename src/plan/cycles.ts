import { kindOf, placeOf } from "../kinds/all.ts"
import { rootOf } from "./fold.ts"
import { type Node, stubKey } from "./nodes.ts"

/** A circle of statements that each need the next, and what can be changed to open it. */
export interface Knot {
  readonly cycle: readonly string[]
  readonly nodes: ReadonlyMap<string, Node>
  readonly hosts: Map<string, string>
  readonly stubbed: Set<string>
  /** What happens within each statement. */
  readonly members: ReadonlyMap<string, readonly Node[]>
}

/** Opens a circle by the first repair that knows how; returns whether one did. */
export function repair(knot: Knot): boolean {
  return setApart(knot) || stub(knot)
}

/**
 * Gives a statement of its own to what only happens within another one: a default, a constraint, a column, or the
 * drop of a foreign key that would have gone with its table.
 */
function setApart({ cycle, nodes, hosts, members }: Knot): boolean {
  const candidates = cycle.map((root, place) => {
    const next = cycle[(place + 1) % cycle.length]
    return (members.get(root) ?? []).filter(({ needs }) =>
      needs.some((key) => nodes.has(key) && rootOf(hosts, key) === next),
    )
  })
  const movable = candidates
    .filter((users) => users.every(({ key }) => hosts.has(key)))
    .sort((a, b) => latest(b) - latest(a))
  for (const { key } of movable[0] ?? []) hosts.delete(key)
  return movable.length > 0
}

function latest(nodes: readonly Node[]): number {
  return Math.min(...nodes.map(({ object }) => placeOf(object)))
}

/** Makes a view hollow first, so that the function that it uses, and that uses it, can be made. */
function stub({ cycle, nodes, stubbed }: Knot): boolean {
  const found = cycle
    .map((key) => nodes.get(key))
    .find(
      (node) => node?.verb === "create" && kindOf(node.object).stub && !nodes.has(stubKey(node.object.id)),
    )
  if (found === undefined) return false
  stubbed.add(found.object.id)
  return true
}
