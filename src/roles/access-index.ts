import type { Access, AttachedRoutine, ImpliedRoutine, Relation, Routine, Schema, Trigger } from "./access.ts"

/** What is looked up again and again, by its name. */
export interface AccessIndex {
  readonly schemas: ReadonlyMap<string, Schema>
  readonly relations: ReadonlyMap<string, readonly Relation[]>
  readonly routines: ReadonlyMap<string, readonly Routine[]>
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>
  /** Triggers by their function. */
  readonly fired: ReadonlyMap<number, readonly Trigger[]>
  readonly attached: ReadonlyMap<number, readonly AttachedRoutine[]>
  readonly reads: ReadonlyMap<number, readonly number[]>
  /** What runs without being called by its name, by the bare names of operators, types and aggregates. */
  readonly implied: ReadonlyMap<string, readonly ImpliedRoutine[]>
}

const indexes = new WeakMap<Access, AccessIndex>()

export function indexOf(access: Access): AccessIndex {
  const known = indexes.get(access)
  if (known !== undefined) return known
  const index: AccessIndex = {
    schemas: new Map([...access.schemas.values()].map((schema) => [schema.name, schema])),
    relations: groupBy(access.relations.values(), ({ relname }) => relname),
    routines: groupBy(access.routines.values(), ({ proname }) => proname),
    triggers: groupBy(access.triggers, ({ relation }) => relation),
    fired: groupBy(access.triggers, ({ routine }) => routine),
    attached: groupBy(access.attached, ({ relation }) => relation),
    reads: new Map(
      [...groupBy(access.reads, ({ view }) => view)].map(([view, items]) => [
        view,
        items.map(({ relation }) => relation),
      ]),
    ),
    implied: groupBy(access.implied, ({ kind, name }) => `${kind} ${name}`),
  }
  indexes.set(access, index)
  return index
}

export function groupBy<Key, Item>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
