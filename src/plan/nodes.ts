import type { CatalogObject } from "../catalog/catalog.ts"
import { groupBy } from "../catalog/catalog-index.ts"
import { kindOf } from "../kinds/all.ts"
import type { Work } from "./work.ts"

/** One thing that a plan does with one object. */
export interface Node {
  readonly key: string
  readonly verb: "drop" | "hollow" | "set aside" | "stub" | "create" | "alter" | "move over"
  /** As it is in the source for what goes, in the target for what comes. */
  readonly object: CatalogObject
  /** Keys of what must be done before. */
  readonly needs: readonly string[]
}

export const dropKey = (id: string) => `drop ${id}`
export const hollowKey = (id: string) => `hollow ${id}`
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
 * @param hollowed ids of objects that are made hollow before they are dropped
 */
export function nodesOf(
  work: Work,
  stubbed: ReadonlySet<string>,
  hollowed: ReadonlySet<string>,
): ReadonlyMap<string, Node> {
  const { source, target, drops, creates, alters, aside, moved } = work
  const nodes = new Map<string, Node>()
  const add = (verb: Node["verb"], object: CatalogObject, needs: Iterable<string>) => {
    const key = `${verb} ${object.id}`
    nodes.set(key, { key, verb, object, needs: [...new Set(needs)] })
  }
  const released = releases(work)
  const makesRoom = (object: CatalogObject) =>
    namesOf(object).flatMap((name) => (released.get(name) ?? []).filter((key) => key !== alterKey(object.id)))
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
              ...(drops.has(from) ? [hollowed.has(from) ? hollowKey(from) : dropKey(from)] : []),
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
    if (hollowed.has(id)) add("hollow", object, [])
    if (aside.has(id)) {
      const away = users.filter(
        ({ from, type }) => type === "needs" && drops.has(from) && !moved.has(from) && !aside.has(from),
      )
      add(
        "set aside",
        object,
        away.map(({ from }) => dropKey(from)),
      )
    }
  }
  for (const [id, object] of creates) {
    if (stubbed.has(id)) {
      add("stub", object, [
        ...makesRoom(object),
        ...(object.parent === undefined ? [] : ready(object.parent.id, id)),
      ])
    }
    add("create", object, [...makesRoom(object), ...required(id), ...(stubbed.has(id) ? [stubKey(id)] : [])])
  }
  for (const [id, { after }] of alters) {
    const away = source
      .dependents(id)
      .filter(({ from, type }) => drops.has(from) && (type === "needs" || type === "owned"))
      .map(({ from }) => dropKey(from))
    add("alter", after, [
      ...away,
      ...makesRoom(after),
      ...required(id),
      ...(moved.has(id) ? [moveKey(id)] : []),
    ])
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

/** Returns, for each name of a relation or type that becomes free, the nodes that free it. */
function releases({ drops, alters, aside }: Work): ReadonlyMap<string, string[]> {
  const released: { readonly name: string; readonly key: string }[] = []
  for (const [id, object] of drops) {
    for (const name of namesOf(object))
      released.push({ name, key: aside.has(id) ? asideKey(id) : dropKey(id) })
  }
  for (const [id, { before, after }] of alters) {
    const kept = namesOf(after)
    for (const name of namesOf(before)) {
      if (!kept.includes(name)) released.push({ name, key: alterKey(id) })
    }
  }
  return new Map(
    [...groupBy(released, ({ name }) => name)].map(([name, list]) => [name, list.map(({ key }) => key)]),
  )
}

function namesOf(object: CatalogObject): readonly string[] {
  return kindOf(object).names?.(object) ?? [object.identity]
}
