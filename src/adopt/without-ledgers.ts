import type { Catalog, CatalogObject } from "../catalog/catalog.ts"
import { leaveOut } from "../catalog/leave-out.ts"
import { type Ledger, ledgerOf } from "./ledgers.ts"

/**
 * Returns the catalog without the tables in which other migration tools keep their histories: they are no part of the
 * schema, and no revision makes them.
 */
export function withoutLedgers(catalog: Catalog): Catalog {
  const columns = new Map<string, string[]>()
  for (const { kind, name, parent } of catalog.objects) {
    if (kind !== "column" || parent === undefined) continue
    columns.set(parent.id, [...(columns.get(parent.id) ?? []), unquoted(name)])
  }
  const found: { readonly table: CatalogObject; readonly ledger: Ledger }[] = []
  for (const table of catalog.objects) {
    if (table.kind !== "table") continue
    const ledger = ledgerOf({ name: unquoted(table.name), columns: columns.get(table.id) ?? [] })
    if (ledger !== undefined) found.push({ table, ledger })
  }
  if (found.length === 0) return catalog
  const goes = new Set(
    found.flatMap(({ table, ledger }) => [
      table.identity,
      ...(ledger.beside ?? []).map((name) => `${schemaOf(table)}.${name}`),
    ]),
  )
  const left = leaveOut(catalog, ({ kind, identity }) => kind === "table" && goes.has(identity))
  return withoutEmptySchemas(
    left,
    new Set(found.flatMap(({ table, ledger }) => (ledger.ownsSchema ? [schemaOf(table)] : []))),
  )
}

function withoutEmptySchemas(catalog: Catalog, schemas: ReadonlySet<string>): Catalog {
  const used = new Set(catalog.dependencies.map(({ to }) => to))
  return leaveOut(
    catalog,
    ({ id, kind, identity }) =>
      kind === "schema" && schemas.has(identity) && identity !== "public" && !used.has(id),
  )
}

/** The quoted schema in front of a quoted name. */
function schemaOf({ identity, name }: CatalogObject): string {
  return identity.slice(0, identity.length - name.length - 1)
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}
