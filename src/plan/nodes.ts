import type { CatalogObject } from "../catalog/catalog.ts"
import { groupBy } from "../catalog/catalog-index.ts"
import type { Work } from "./work.ts"

/** One thing that a plan does with one object. */
export interface Node {
  readonly key: string
  readonly verb: "drop" | "set aside" | "stub" | "create" | "alter" | "move over"
  /** As it is in the source for what goes, in the target for what comes. */
  readonly object: CatalogObject
  /** Keys of what must be done before. */
  readonly needs: readonly string[]
}

export const dropKey = (id: string) => `drop ${id}`
export const asideKey = (id: string) => `set aside ${id}`
export const stubKey = (id: string) => `stub ${id}`
export const createKey = (id: string) => `create ${id}`
export const alterKey = (id: string) => `alter ${id}`
export const moveKey = (id: string) => `move over ${id}`

/**
 * Returns what is to be done, and for each what must come before.
 *
 * Things are made in the order of the target's dependencies, and dropped in the reverse order of the source's. A
 * change in place comes after what it needs is there, before what it needed goes, and while what depends on it is
 * away.
 *
 * @param stubbed ids of objects that are made hollow first
 */
export function nodesOf(work: Work, stubbed: ReadonlySet<string>): ReadonlyMap<string, Node> {
  const { source, target, drops, creates, alters, aside, moved } = work
  const nodes = new Map<string, Node>()
  const add = (verb: Node["verb"], object: CatalogObject, needs: Iterable<string>) => {
    const key = `${verb} ${object.id}`
    nodes.set(key, { key, verb, object, needs: [...new Set(needs)] })
  }
  const dropped = groupBy(drops.values(), ({ identity }) => identity)
  /** What must be done before the target's object can be used; `by` is who asks. */
  const ready = (id: string, by: string): string[] => [
    ...(creates.has(id) ? [stubbed.has(id) && by !== id ? stubKey(id) : createKey(id)] : []),
    ...(alters.has(id) ? [alterKey(id)] : []),
    ...(moved.has(id) ? [moveKey(id)] : []),
  ]
  const required = (id: string): string[] =>
    target.needs(id).flatMap(({ to, type }) => (type === "goes" ? [] : ready(to, id)))

  for (const [id, object] of drops) {
    const users = source.dependents(id)
    add("drop", object, [
      ...users.flatMap(({ from, type }) =>
        type === "inherits" || type === "merges"
          ? []
          : [
              ...(drops.has(from) ? [dropKey(from)] : []),
              ...(type !== "goes" && alters.has(from) ? [alterKey(from)] : []),
              ...(aside.has(id) && moved.has(from) ? [moveKey(from)] : []),
            ],
      ),
      // An inherited column goes after the one that it came from.
      ...source
        .needs(id)
        .filter(({ type, to }) => (type === "inherits" || type === "merges") && drops.has(to))
        .map(({ to }) => dropKey(to)),
    ])
    if (aside.has(id)) {
      add(
        "set aside",
        object,
        users.filter(({ from }) => drops.has(from) && !moved.has(from)).map(({ from }) => dropKey(from)),
      )
    }
  }
  for (const [id, object] of creates) {
    const makesRoom = (dropped.get(object.identity) ?? []).map((old) =>
      aside.has(old.id) ? asideKey(old.id) : dropKey(old.id),
    )
    if (stubbed.has(id)) {
      add("stub", object, [...makesRoom, ...(object.parent === undefined ? [] : ready(object.parent.id, id))])
    }
    add("create", object, [...makesRoom, ...required(id), ...(stubbed.has(id) ? [stubKey(id)] : [])])
  }
  for (const [id, { after }] of alters) {
    const away = source
      .dependents(id)
      .filter(({ from, type }) => drops.has(from) && (type === "needs" || type === "owned"))
      .map(({ from }) => dropKey(from))
    add("alter", after, [...away, ...required(id), ...(moved.has(id) ? [moveKey(id)] : [])])
  }
  for (const [id, object] of moved) {
    const away = source
      .dependents(id)
      .filter(({ from }) => drops.has(from))
      .map(({ from }) => dropKey(from))
    add("move over", object, [
      ...away,
      ...target.needs(id).flatMap(({ to }) => (creates.has(to) ? [createKey(to)] : [])),
    ])
  }
  return nodes
}
