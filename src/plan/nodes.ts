import type { CatalogObject } from "../catalog/catalog.ts"
import { groupBy } from "../catalog/catalog-index.ts"
import { reachable } from "../graph.ts"
import { kindOf } from "../kinds/all.ts"
import { turnsOf } from "./in-turn.ts"
import { ancestorsOf, heirsOf, leavingTable } from "./inherited.ts"
import { disturbsDependents, type Work } from "./work.ts"

/** One thing that a plan does with one object. */
export interface Node {
  readonly key: string
  readonly verb: "drop" | "hollow" | "set aside" | "stub" | "create" | "alter" | "move over"
  /** As it is in the source for what goes, in the target for what comes. */
  readonly object: CatalogObject
  /** Keys of what must be done before. */
  readonly needs: readonly string[]
  /** Keys of what had better be done before; left out where it would close a circle. */
  readonly prefers: readonly string[]
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
 * @param hollowed ids of objects that are made hollow before they are dropped or changed
 * @param usable ids of objects that others use as they are, before they are changed or until after
 */
export function nodesOf(
  work: Work,
  stubbed: ReadonlySet<string>,
  hollowed: ReadonlySet<string>,
  usable: ReadonlySet<string>,
): ReadonlyMap<string, Node> {
  const { source, target, drops, creates, alters, aside, moved } = work
  const nodes = new Map<string, Node>()
  const add = (
    verb: Node["verb"],
    object: CatalogObject,
    needs: Iterable<string>,
    prefers: readonly string[] = [],
  ) => {
    const key = `${verb} ${object.id}`
    nodes.set(key, { key, verb, object, needs: [...new Set(needs)], prefers })
  }
  const released = releases(work)
  const makesRoom = (object: CatalogObject) =>
    namesOf(object).flatMap((name) => (released.get(name) ?? []).filter((key) => key !== alterKey(object.id)))
  // What a hollow object itself needs makes do with it; everything else waits for the whole.
  const hollowFor = new Map(
    [...stubbed].map((id) => [id, reachable([id], (at) => target.needs(at).map(({ to }) => to))]),
  )
  const disturbing = new Set([...alters.values()].filter(disturbsDependents).map(({ after }) => after.id))
  // Comments and privileges change whenever they like.
  const isLight = (id: string) => {
    const change = alters.get(id)
    return change !== undefined && change.properties.length === 0 && !change.facets.includes("owner")
  }
  /** What must be done before the target's object can be used; `by` is who asks. */
  const ready = (id: string, by: string): string[] => [
    ...(creates.has(id) ? [by !== id && hollowFor.get(id)?.has(by) ? stubKey(id) : createKey(id)] : []),
    ...(alters.has(id) && !usable.has(id) && !isLight(id) ? [alterKey(id)] : []),
    ...(moved.has(id) ? [moveKey(id)] : []),
    ...(disturbing.size + moved.size === 0 ? [] : ancestorsOf(id, target)).flatMap((ancestor) => [
      ...(disturbing.has(ancestor) && !usable.has(ancestor) ? [alterKey(ancestor)] : []),
      ...(moved.has(ancestor) ? [moveKey(ancestor)] : []),
    ]),
  ]
  const required = (id: string): string[] =>
    target.needs(id).flatMap(({ to, type }) => (type === "goes" || type === "merges" ? [] : ready(to, id)))
  // What a table declares itself is there before a parent declares it, too; else it would be the parent's alone.
  const declaredBelow = (id: string): string[] =>
    target
      .dependents(id)
      .filter(({ from, type }) => type === "merges" && creates.has(from) && !isNewPart(from))
      .map(({ from }) => createKey(from))
  const isNewPart = (id: string) => creates.has(target.get(id)?.parent?.id ?? id)
  // What came with a parent goes once its table has left that parent.
  const leaves = ({ id, parent }: CatalogObject) =>
    parent !== undefined &&
    alters.has(parent.id) &&
    source.needs(id).some(({ to, type }) => type === "inherits" && !drops.has(to))

  const leaving = (heir: string, ancestor: string): string[] => {
    const table = leavingTable(heir, ancestor, work)
    return table === undefined ? [] : [alterKey(table)]
  }

  const created = groupBy(creates.values(), ({ parent }) => parent?.id)
  const partsOf = (id: string) => (created.get(id) ?? []).map((part) => createKey(part.id))
  const mentioned = mentionsOf(work)

  for (const [id, object] of drops) {
    const users = source.dependents(id)
    add("drop", object, [
      ...users.flatMap(({ from, type }) =>
        type === "inherits" || type === "merges"
          ? leaving(from, id)
          : [
              ...(drops.has(from) ? [hollowed.has(from) ? hollowKey(from) : dropKey(from)] : []),
              ...(type !== "goes" && alters.has(from)
                ? [hollowed.has(from) ? hollowKey(from) : alterKey(from)]
                : []),
              ...(aside.has(id) && moved.has(from) ? [moveKey(from)] : []),
            ],
      ),
      ...(leaves(object) ? [alterKey(object.parent?.id ?? "")] : []),
      // An inherited column goes after the one that it came from, unless its whole table goes.
      ...(object.parent !== undefined && drops.has(object.parent.id) ? [] : source.needs(id))
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
    const needs = [
      ...makesRoom(object),
      ...required(id),
      ...(isNewPart(id) ? [] : declaredBelow(id)),
      ...(stubbed.has(id) ? [stubKey(id)] : []),
    ]
    add("create", object, needs, mentioned(object))
  }
  const turns = turnsOf(work)
  for (const [id, change] of alters) {
    const { before, after } = change
    if (hollowed.has(id)) add("hollow", before, [])
    const away =
      isLight(id) || (usable.has(id) && !disturbsDependents(change))
        ? []
        : [id, ...(disturbing.has(id) ? heirsOf(id, source) : [])]
            .flatMap((each) => source.dependents(each))
            .filter(({ type }) => type === "needs" || type === "owned")
            .filter(({ from }) => drops.has(from) && !leaves(drops.get(from) as CatalogObject))
            .map(({ from }) => dropKey(from))
    const fresh = new Set(target.needs(id).map(({ to }) => to))
    for (const { to } of source.needs(id)) fresh.delete(to)
    add(
      "alter",
      after,
      [
        ...away,
        ...makesRoom(after),
        ...required(id),
        ...(moved.has(id) ? [moveKey(id)] : []),
        ...(hollowed.has(id) ? [hollowKey(id)] : []),
        ...turns.filter(({ second }) => second === id).map(({ first }) => alterKey(first)),
      ],
      // What it begins to depend on had better be complete: a parent table with its columns.
      [...fresh].flatMap((to) => partsOf(to)),
    )
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

/** Returns how to find what a text of an object names among all that is made. Words that are no names do no harm. */
function mentionsOf({ creates, alters }: Work): (object: CatalogObject) => string[] {
  const made = [
    ...[...creates.values()].map((object) => ({ object, key: createKey(object.id) })),
    ...[...alters.values()].map(({ after }) => ({ object: after, key: alterKey(after.id) })),
  ]
  const byName = groupBy(
    made.filter(({ object }) => object.parent === undefined),
    ({ object }) => object.name,
  )
  return (object) => {
    const text = kindOf(object).mentions?.(object)
    if (text === undefined) return []
    const words = new Set(text.match(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\d_$]*/gu) ?? [])
    return [...words].flatMap((word) =>
      (byName.get(word.startsWith('"') ? word : word.toLowerCase()) ?? [])
        .filter((other) => other.object.id !== object.id)
        .map(({ key }) => key),
    )
  }
}

/** Returns, for each name of a relation or type that becomes free, the nodes that free it. */
function releases({ drops, alters, aside }: Work): ReadonlyMap<string, string[]> {
  const released: { readonly name: string; readonly key: string }[] = []
  for (const [id, object] of drops) {
    // The parts of what is renamed out of the way are in nobody's.
    if (object.parent !== undefined && aside.has(object.parent.id)) continue
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

/** Returns the names that it takes from other relations and types. */
export function namesOf(object: CatalogObject): readonly string[] {
  return kindOf(object).names?.(object) ?? [object.identity]
}
