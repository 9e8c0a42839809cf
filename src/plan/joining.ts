import type { CatalogObject } from "../catalog/catalog.ts"
import type { CatalogIndex } from "../catalog/catalog-index.ts"
import type { Steps } from "../kinds/kind.ts"
import { withSuffix } from "../sql/written-name.ts"

/** The steps around those that change what a table inherits from. */
export interface Joining {
  readonly before: Steps
  readonly after: Steps
}

/**
 * What changing the parents of a table takes besides INHERIT and NO INHERIT.
 *
 * The table must have the columns and checks of a parent that it joins, and as inherited ones, which only a parent can
 * give it: a third table, empty and there for no longer than that, is such a parent. Checks of a parent that it
 * leaves stay behind as its own.
 */
export function joiningOf(id: string, source: CatalogIndex, target: CatalogIndex): Joining | undefined {
  const [old, table] = [source.get(id), target.get(id)]
  if (old?.kind !== "table" || table?.kind !== "table") return undefined
  const [before, after] = [parentsOf(old), parentsOf(table)]
  const lent = lending(
    table,
    after.filter((parent) => !before.includes(parent)),
    source,
    target,
  )
  const wanted = new Set([table.identity, ...after].flatMap((parent) => checksOf(parent, target)))
  const own = checksOf(table.identity, source)
  const left = before
    .filter((parent) => !after.includes(parent))
    .flatMap((parent) => checksOf(parent, source))
    .filter((name) => !wanted.has(name) && !own.includes(name))
  return {
    before: lent.before,
    after: [...lent.after, ...left.map((name) => `alter table ${table.identity} drop constraint ${name}`)],
  }
}

function lending(
  table: CatalogObject,
  gained: readonly string[],
  source: CatalogIndex,
  target: CatalogIndex,
): Joining {
  const has = new Set(partsOf(table.id, source).map(keyOf))
  const given = gained
    .flatMap((parent) => partsOf(`table ${parent}`, target))
    .filter((part) => part.kind === "column" || isPassedOn(part))
  if (given.every((part) => has.has(keyOf(part)))) return { before: [], after: [] }
  const adds = given.flatMap((part) => {
    if (part.kind !== "column") return [`add constraint ${part.name} ${part.properties["definition"]}`]
    const declared = `add column ${part.name} ${part.properties["dataType"]}${collationOf(part)}`
    if (part.properties["notNull"] !== true) return [declared]
    return has.has(keyOf(part))
      ? [declared, `alter column ${part.name} set not null`]
      : [`${declared}${defaultOf(table.id, part.name, target)} not null`]
  })
  const lender = lenderOf(table)
  return {
    before: [
      `create table ${lender} ()`,
      `alter table ${table.identity} inherit ${lender}`,
      ...[...new Set(adds)].map((add) => `alter table ${lender} ${add}`),
    ],
    after: [`alter table ${table.identity} no inherit ${lender}`, `drop table ${lender}`],
  }
}

/** Names of the checks that a table passes on. */
function checksOf(identity: string, index: CatalogIndex): readonly string[] {
  return partsOf(`table ${identity}`, index)
    .filter(isPassedOn)
    .map(({ name }) => name)
}

function parentsOf({ properties }: CatalogObject): readonly string[] {
  return properties["inherits"] as readonly string[]
}

/** Columns and constraints, columns first. */
function partsOf(id: string, index: CatalogIndex): readonly CatalogObject[] {
  const parts = index.dependents(id).flatMap(({ from }) => index.get(from) ?? [])
  return ["column", "constraint"].flatMap((wanted) =>
    parts.filter(({ kind, parent }) => parent?.id === id && kind === wanted),
  )
}

/** Fills the rows that are there. */
function defaultOf(table: string, column: string, target: CatalogIndex): string {
  const own = partsOf(table, target).find(({ kind, name }) => kind === "column" && name === column)
  const value = target
    .dependents(own?.id ?? "")
    .flatMap(({ from }) => target.get(from) ?? [])
    .find(({ kind, parent }) => kind === "default" && parent?.id === own?.id)
  return value === undefined ? "" : ` default ${value.properties["expression"]}`
}

function isPassedOn({ properties: { contype, definition } }: CatalogObject): boolean {
  return contype === "check" && !/ NO INHERIT/.test(String(definition))
}

const keyOf = ({ kind, name }: CatalogObject) => `${kind} ${name}`

function collationOf({ properties }: CatalogObject): string {
  return properties["collation"] === null ? "" : ` collate ${properties["collation"]}`
}

function lenderOf({ identity, name }: CatalogObject): string {
  return `${identity.slice(0, identity.length - name.length)}${withSuffix(name, "__lender")}`
}
