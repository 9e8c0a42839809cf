import { kindOf, placeOf } from "../kinds/all.ts"
import { rootOf } from "./fold.ts"
import type { Node } from "./nodes.ts"

/** A circle of statements that each need the next, and what can be changed to open it. */
export interface Knot {
  readonly cycle: readonly string[]
  readonly nodes: ReadonlyMap<string, Node>
  readonly hosts: Map<string, string>
  /** Ids of objects that are made hollow first. */
  readonly stubbed: Set<string>
  /** Ids of objects that are made hollow before they are dropped or changed. */
  readonly hollowed: Set<string>
  /** Ids of objects that others use as they are, before they are changed or until after. */
  readonly usable: Set<string>
  /** Ids of rebuilt objects that are renamed out of the way until nothing uses them. */
  readonly aside: Set<string>
  readonly rebuilt: ReadonlySet<string>
  /** Whether its change in place is refused while others use it. */
  readonly disturbs: (id: string) => boolean
  /** What happens within each statement. */
  readonly members: ReadonlyMap<string, readonly Node[]>
}

/** Opens a circle by the first repair that knows how; returns whether one did. */
export function repair(knot: Knot): boolean {
  return setApart(knot) || stub(knot) || setAside(knot) || useBeforeChange(knot) || letGo(knot)
}

/**
 * Gives a statement of its own to what only happens within another one: a default, a constraint, a column that comes
 * too early with its table; a foreign key or a default that goes too late with it.
 */
function setApart({ cycle, nodes, hosts, members }: Knot): boolean {
  const movable = cycle
    .flatMap((root, place) => {
      const next = cycle[(place + 1) % cycle.length]
      const edges = (members.get(root) ?? []).flatMap((user) =>
        user.needs
          .filter((key) => nodes.has(key) && rootOf(hosts, key) === next)
          .map((key) => ({ user, needed: nodes.get(key) as Node })),
      )
      // What is made is made later, what is dropped is dropped earlier.
      return [
        edges.map(({ user }) => user).filter(isNew),
        edges.map(({ needed }) => needed).filter(isDropped),
      ].filter((group) => group.length === edges.length)
    })
    .filter((group) => group.every(({ key }) => hosts.has(key)))
    .sort((a, b) => earliest(b) - earliest(a))
  for (const { key } of movable[0] ?? []) hosts.delete(key)
  return movable.length > 0
}

const isNew = ({ verb }: Node) => verb === "create"
const isDropped = ({ verb }: Node) => verb === "drop"

function earliest(nodes: readonly Node[]): number {
  return Math.min(...nodes.map(({ object }) => placeOf(object)))
}

/** Makes a view hollow before the function that it uses, and that uses it, is made; or before that is dropped. */
function stub({ cycle, nodes, stubbed, hollowed }: Knot): boolean {
  const found = cycle
    .map((key) => nodes.get(key))
    .find(
      (node) =>
        node !== undefined &&
        kindOf(node.object).stub !== undefined &&
        ((isNew(node) && !stubbed.has(node.object.id)) || (isDropped(node) && !hollowed.has(node.object.id))),
    )
  if (found === undefined) return false
  const list = isNew(found) ? stubbed : hollowed
  list.add(found.object.id)
  return true
}

/** Renames a type that is replaced, so that the columns that change from and to it find both. */
function setAside({ cycle, nodes, aside, rebuilt }: Knot): boolean {
  const found = cycle
    .map((key) => nodes.get(key))
    .find(
      (node) =>
        node !== undefined &&
        isDropped(node) &&
        rebuilt.has(node.object.id) &&
        !aside.has(node.object.id) &&
        kindOf(node.object).setAside !== undefined,
    )
  if (found === undefined) return false
  aside.add(found.object.id)
  return true
}

/**
 * Lets what a change in place needs, or needs no longer, use the object while it is changed: a type gets a function that
 * takes values of the type.
 */
function useBeforeChange({ cycle, nodes, usable, disturbs }: Knot): boolean {
  const cost = ({ object }: Node) => (disturbs(object.id) ? 2 : 0) + (object.parent === undefined ? 0 : 1)
  const [found] = cycle
    .flatMap((key) => nodes.get(key) ?? [])
    .filter(({ verb, object }) => verb === "alter" && !usable.has(object.id))
    .sort((a, b) => cost(a) - cost(b))
  if (found === undefined) return false
  usable.add(found.object.id)
  return true
}

/** Makes a view that changes hollow first, so that what it no longer uses can go before what it begins to use comes. */
function letGo({ cycle, nodes, hollowed }: Knot): boolean {
  const found = cycle
    .map((key) => nodes.get(key))
    .find(
      (node) =>
        node?.verb === "alter" && kindOf(node.object).stub !== undefined && !hollowed.has(node.object.id),
    )
  if (found === undefined) return false
  hollowed.add(found.object.id)
  return true
}
