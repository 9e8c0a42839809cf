import type { Catalog, CatalogObject } from "./catalog.ts"

/**
 * Returns `to` as far as it takes nothing from code that writes as `from` lets it: columns that exist stay nullable, new
 * ones of existing tables are so where nothing gives them a value, and constraints and unique indexes over nothing but
 * existing columns are left out, unless something else in `to` needs them.
 * What tightens can then come in a step of its own, once no such code serves any more.
 *
 * A constraint that changes stays as `to` has it: one that now lets more through is what new code waits for.
 */
export function loosen(from: Catalog, to: Catalog): Catalog {
  const known = new Map(from.objects.map((object) => [object.id, object]))
  const columns = new Map<string, string[]>()
  for (const edge of to.dependencies) {
    if (isColumn(edge.to)) columns.set(edge.from, [...(columns.get(edge.from) ?? []), edge.to])
  }
  const held = new Set<string>()
  for (const { id, parent, ...object } of to.objects) {
    if (known.has(id) || parent === undefined || !known.has(parent.id) || !tightens(object)) continue
    if ((columns.get(id) ?? []).every((column) => known.has(column))) held.add(id)
  }
  releaseNeeded(held, to)
  const primary = new Set(
    to.objects
      .filter(({ id, properties }) => properties.contype === "primary key" && !held.has(id))
      .flatMap(({ id }) => columns.get(id) ?? []),
  )
  const filled = new Set(
    to.objects.flatMap(({ kind, parent }) => (kind === "default" ? (parent?.id ?? []) : [])),
  )
  const objects = to.objects
    .filter(({ id }) => !held.has(id))
    .map((object) => {
      if (primary.has(object.id)) return object
      const before = known.get(object.id)
      if (before !== undefined) return nullableAsBefore(object, before)
      const isOfKnown = object.parent !== undefined && known.has(object.parent.id)
      return isOfKnown && !filled.has(object.id) ? nullableAtFirst(object) : object
    })
  const dependencies = to.dependencies.filter((edge) => !held.has(edge.from) && !held.has(edge.to))
  return { ...to, objects, dependencies }
}

function isColumn(id: string): boolean {
  return id.startsWith("table column ") || id.startsWith("foreign table column ")
}

function tightens({ kind, properties }: Pick<CatalogObject, "kind" | "properties">): boolean {
  if (kind === "constraint") return true
  return (
    kind === "index" &&
    /^CREATE UNIQUE /.test(String(properties.definition)) &&
    properties.replicaIdentity !== true &&
    properties.clustered !== true
  )
}

/** A foreign key of a new table needs the unique constraint that it refers to, and a view perhaps the primary key. */
function releaseNeeded(held: Set<string>, { dependencies }: Catalog): void {
  for (let size = -1; size !== held.size; ) {
    size = held.size
    for (const { from, to } of dependencies) if (held.has(to) && !held.has(from)) held.delete(to)
  }
}

const nullability = [
  "notNull",
  "notNullName",
  "notNullNamed",
  "notNullComment",
  "notNullInherits",
  "notNullValid",
  "notNullIsLocal",
]

function nullableAsBefore(object: CatalogObject, before: CatalogObject | undefined): CatalogObject {
  if (object.kind !== "column" || before?.kind !== "column") return object
  if (before.properties.notNull === true || object.properties.notNull !== true) return object
  const kept = Object.fromEntries(nullability.map((name) => [name, before.properties[name]]))
  return { ...object, properties: { ...object.properties, ...kept } }
}

/** What a column says that may be null. */
export const nullable = {
  notNull: false,
  notNullName: null,
  notNullNamed: false,
  notNullComment: null,
  notNullInherits: true,
  notNullValid: true,
} as const

/** Rows that are there, and those that code of before writes, have no value for it. */
function nullableAtFirst(object: CatalogObject): CatalogObject {
  const { notNull, identityKind, generated, origin } = object.properties
  if (object.kind !== "column" || notNull !== true || identityKind || generated || origin !== "here")
    return object
  return { ...object, properties: { ...object.properties, ...nullable } }
}
