import type { Catalog, CatalogObject, Dependency } from "./catalog.ts"

/** A catalog that can be asked. */
export interface CatalogIndex {
  readonly catalog: Catalog
  get(id: string): CatalogObject | undefined
  has(id: string): boolean
  /** The edges that start at an object. */
  needs(id: string): readonly Dependency[]
  /** The edges that end at an object. */
  dependents(id: string): readonly Dependency[]
}

/** Returns the catalog with its objects and edges reachable by id. */
export function indexCatalog(catalog: Catalog): CatalogIndex {
  const objects = new Map(catalog.objects.map((object) => [object.id, object]))
  const needs = groupBy(catalog.dependencies, ({ from }) => from)
  const dependents = groupBy(catalog.dependencies, ({ to }) => to)
  return {
    catalog,
    get: (id) => objects.get(id),
    has: (id) => objects.has(id),
    needs: (id) => needs.get(id) ?? [],
    dependents: (id) => dependents.get(id) ?? [],
  }
}

/** Returns the values by key, in their order. */
export function groupBy<Value, Key>(
  values: Iterable<Value>,
  keyOf: (value: Value) => Key,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}
