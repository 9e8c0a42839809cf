import { compareText } from "../compare-text.ts"
import { ToolError } from "../diagnostic.ts"
import { topologicalSort } from "../graph.ts"
import { placeOf } from "../kinds/all.ts"
import { repair } from "./cycles.ts"
import { fold, rootOf } from "./fold.ts"
import { type Node, nodesOf } from "./nodes.ts"
import { disturbsDependents, type Work } from "./work.ts"

/** What is done, in its order. */
export interface Order {
  readonly nodes: ReadonlyMap<string, Node>
  /** Keys of the nodes that have statements of their own. */
  readonly roots: readonly string[]
  /** For each node that happens within another one, that one. */
  readonly hosts: ReadonlyMap<string, string>
}

/**
 * Puts the work into an order that respects every dependency, and is the same for the same work: drops first, from
 * the last kind to the first, then everything else from the first kind to the last, by name.
 *
 * @throws ToolError `plan-cycle` where no repair opens a circle
 */
export function orderOf(work: Work): Order {
  const hosts = fold(work)
  const stubbed = new Set<string>()
  const hollowed = new Set<string>()
  const usable = new Set<string>()
  /** Preferences that would close a circle, as the keys of both nodes. */
  const forgone = new Set<string>()
  for (;;) {
    const nodes = nodesOf(work, stubbed, hollowed, usable)
    const { needs, members } = contract(nodes, hosts, forgone)
    const roots = [...members.keys()].map((key) => nodes.get(key) as Node).sort(byKind)
    const sorting = topologicalSort({
      nodes: roots.map(({ key }) => key),
      needs: (key) => needs.get(key) ?? [],
    })
    if (sorting.cycle === undefined) return { nodes, roots: sorting.order, hosts }
    if (forgo(sorting.cycle, { nodes, hosts, members, forgone })) continue
    const { cycle } = sorting
    const rebuilt = new Set([...work.drops.keys()].filter((id) => work.creates.has(id)))
    const disturbs = (id: string) => {
      const change = work.alters.get(id)
      return change !== undefined && disturbsDependents(change)
    }
    const knot = {
      disturbs,
      cycle,
      nodes,
      hosts,
      stubbed,
      hollowed,
      usable,
      aside: work.aside,
      rebuilt,
      members,
    }
    if (!repair(knot)) throw unrepaired(cycle)
  }
}

/** Draws the edges between the statements: those of all that happens within one are its own. */
function contract(
  nodes: ReadonlyMap<string, Node>,
  hosts: ReadonlyMap<string, string>,
  forgone: ReadonlySet<string>,
) {
  const needs = new Map<string, string[]>()
  const members = new Map<string, Node[]>()
  for (const node of nodes.values()) {
    const root = rootOf(hosts, node.key)
    const known = needs.get(root) ?? []
    needs.set(root, known)
    members.set(root, [...(members.get(root) ?? []), node])
    const prefers = node.prefers.filter((key) => !forgone.has(`${node.key} ${key}`))
    for (const key of [...node.needs, ...prefers]) {
      const needed = rootOf(hosts, key)
      if (needed !== root && nodes.has(key)) known.push(needed)
    }
  }
  for (const [root, list] of needs) needs.set(root, [...new Set(list)].sort())
  return { needs, members }
}

interface Preferences {
  readonly nodes: ReadonlyMap<string, Node>
  readonly hosts: ReadonlyMap<string, string>
  readonly members: ReadonlyMap<string, readonly Node[]>
  readonly forgone: Set<string>
}

/** Gives up the preferences that are part of a circle; returns whether there were any. */
function forgo(cycle: readonly string[], { nodes, hosts, members, forgone }: Preferences): boolean {
  const known = forgone.size
  for (const [place, root] of cycle.entries()) {
    const next = cycle[(place + 1) % cycle.length]
    for (const { key, prefers } of members.get(root) ?? []) {
      for (const preferred of prefers) {
        if (nodes.has(preferred) && rootOf(hosts, preferred) === next) forgone.add(`${key} ${preferred}`)
      }
    }
  }
  return forgone.size > known
}

const goes: ReadonlySet<Node["verb"]> = new Set(["drop", "hollow", "set aside"])

function byKind(a: Node, b: Node): number {
  if (goes.has(a.verb) !== goes.has(b.verb)) return goes.has(a.verb) ? -1 : 1
  const places = goes.has(a.verb)
    ? placeOf(b.object) - placeOf(a.object)
    : placeOf(a.object) - placeOf(b.object)
  if (places !== 0) return places
  return positionOf(a) - positionOf(b) || compareText(a.key, b.key)
}

function positionOf({ object }: Node): number {
  const { position } = object.properties
  return typeof position === "number" && object.parent !== undefined ? position : 0
}

function unrepaired(cycle: readonly string[]): ToolError {
  return new ToolError("plan-cycle", `${cycle.length} changes need each other: ${cycle.join(", ")}`, {
    details: cycle.map((key, place) => `"${key}" must come after "${cycle[(place + 1) % cycle.length]}"`),
    hint: "make the change in two revisions",
    data: { cycle },
  })
}
