import type { Catalog, CatalogObject, Dependency } from "./catalog.ts"

/** What goes together with `to`. */
const together: ReadonlySet<Dependency["type"]> = new Set(["owned", "goes", "inherits"])

/**
 * Returns the catalog without the objects that `goes` names, and without what is a part of them or would go with them:
 * columns, indexes, owned sequences.
 */
export function leaveOut(catalog: Catalog, goes: (object: CatalogObject) => boolean): Catalog {
  const gone = new Set(catalog.objects.filter(goes).map(({ id }) => id))
  if (gone.size === 0) return catalog
  for (let before = 0; before < gone.size; ) {
    before = gone.size
    for (const { id, parent } of catalog.objects) if (parent && gone.has(parent.id)) gone.add(id)
    for (const { from, to, type } of catalog.dependencies)
      if (together.has(type) && gone.has(to)) gone.add(from)
  }
  return {
    ...catalog,
    objects: catalog.objects.filter(({ id }) => !gone.has(id)),
    dependencies: catalog.dependencies.filter(({ from, to }) => !gone.has(from) && !gone.has(to)),
  }
}
