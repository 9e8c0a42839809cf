/** A directed graph: its nodes in an order that breaks ties, and for each what must come before it. */
export interface Digraph<Node> {
  readonly nodes: readonly Node[]
  readonly needs: (node: Node) => readonly Node[]
}

/** Either every node in an order, or, where there is none, one cycle that forbids it. */
export type Sorting<Node> =
  | { readonly order: readonly Node[]; readonly cycle?: undefined }
  | { readonly cycle: readonly Node[]; readonly order?: undefined }

/**
 * Sorts the nodes so that each comes after all that must come before it.
 *
 * Takes the nodes in the order given, and pulls what one needs directly in front of it; an order that is right
 * already is returned as it is. Nodes that only `needs` names are included. Linear in nodes and edges, without
 * recursion.
 *
 * @returns `cycle` lists each node once, each followed by the one that it needs; the last needs the first
 */
export function topologicalSort<Node>({ nodes, needs }: Digraph<Node>): Sorting<Node> {
  const order: Node[] = []
  const finished = new Map<Node, boolean>()
  const path: { readonly node: Node; readonly needs: readonly Node[]; next: number }[] = []

  const enter = (node: Node) => {
    finished.set(node, false)
    path.push({ node, needs: needs(node), next: 0 })
  }

  for (const node of nodes) {
    if (finished.has(node)) continue
    enter(node)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      if (top.next === top.needs.length) {
        finished.set(top.node, true)
        order.push(top.node)
        path.pop()
        continue
      }
      const needed = top.needs[top.next++] as Node
      const state = finished.get(needed)
      if (state === undefined) enter(needed)
      else if (!state) {
        const start = path.findIndex((frame) => frame.node === needed)
        return { cycle: path.slice(start).map((frame) => frame.node) }
      }
    }
  }
  return { order }
}

/** Returns `starts` and everything that can be reached from them along `next`, in the order of discovery. */
export function reachable<Node>(starts: Iterable<Node>, next: (node: Node) => Iterable<Node>): Set<Node> {
  // A Set visits what is added while it is iterated, so it is its own queue.
  const found = new Set(starts)
  for (const node of found) {
    for (const neighbour of next(node)) found.add(neighbour)
  }
  return found
}

/** Returns, for every node, the nodes that it must come before; in the order of `nodes`. */
export function invert<Node>({ nodes, needs }: Digraph<Node>): Map<Node, Node[]> {
  const after = new Map<Node, Node[]>(nodes.map((node) => [node, []]))
  for (const node of nodes) {
    for (const needed of needs(node)) after.get(needed)?.push(node)
  }
  return after
}
