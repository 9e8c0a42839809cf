import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"
import { reloptionList, reloptionSteps } from "./reloptions.ts"

/**
 * A column of a view or materialized view, or an attribute of a composite type. It comes and goes with what its
 * relation says, and is an object because it may have a comment, privileges and settings.
 */
export interface DerivedColumn {
  /** What stands behind ALTER: `materialized view public.totals`. */
  readonly relation: string
  readonly statistics: number
  readonly storage: string
  /** It is the type's. */
  readonly ownStorage: boolean
  readonly compression: string | null
  readonly options: readonly string[]
}

export const derivedColumns = defineKind<DerivedColumn>({
  name: "derived column",
  query: (scope) => `
    select 'pg_class'::regclass::oid as classid, c.oid as objid, a.attnum::int as objsubid,
      quote_ident(a.attname) as name, c.relowner::regrole::text as owner, a.attacl::text[] as acl,
      case c.relkind when 'c' then 'pg_type'::regclass::oid else 'pg_class'::regclass::oid end as parentclass,
      case c.relkind when 'c' then c.reltype else c.oid end as parentid,
      case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' else 'type ' end || c.oid::regclass
        as relation,
      coalesce(a.attstattarget, -1)::int as statistics,
      case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end
        as storage, a.attstorage = t.typstorage as "ownStorage",
      case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
      coalesce(a.attoptions, '{}') as options
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_type t on t.oid = a.atttypid
    where a.attrelid = any (array(select oid from pg_class where relkind in ('v', 'm', 'c') and oid >= 16384))
      and a.attnum > 0 and not a.attisdropped
      and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}
      and (c.relkind <> 'c' or ${scope.includes("pg_type", "c.reltype")})`,
  create: (column) => {
    const { statistics, storage, ownStorage, compression, options } = column.properties
    return [
      ...(statistics === -1 ? [] : [alterColumn(column, `set statistics ${statistics}`)]),
      ...(ownStorage ? [] : [alterColumn(column, `set storage ${storage}`)]),
      ...(compression === null ? [] : [alterColumn(column, `set compression ${compression}`)]),
      ...(options.length === 0 ? [] : [alterColumn(column, `set ${reloptionList(options)}`)]),
    ]
  },
  drop: () => [],
  alter: {
    relation: "ignore", // follows from the parent
    statistics: (_, after) => [alterColumn(after, `set statistics ${after.properties.statistics}`)],
    storage: (_, after) => [alterColumn(after, `set storage ${after.properties.storage}`)],
    ownStorage: "ignore", // follows from the type and the storage
    compression: (_, after) => [
      alterColumn(after, `set compression ${after.properties.compression ?? "default"}`),
    ],
    options: (before, { name, properties: { relation, options } }) =>
      reloptionSteps(`${relation} alter column ${name}`, before.properties.options, options),
  },
  facets: {
    comment: ({ identity }) => `column ${identity}`,
    grants: {
      type: "c",
      on: ({ parent }) => `table ${parent?.identity}`,
      columns: ({ name }) => `(${name})`,
    },
  },
})

function alterColumn(
  { name, properties: { relation } }: CatalogObject<DerivedColumn>,
  action: string,
): string {
  return `alter ${relation} alter column ${name} ${action}`
}
