import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/** An index that stands alone; one that enforces a constraint belongs to the constraint. */
export interface Index {
  /** `CREATE INDEX ...` exactly as pg_get_indexdef() prints it; `ON ONLY` for a partitioned table. */
  readonly definition: string
  readonly tablespace: string | null
  /** Statistics targets of its expressions, as `column number, target`. */
  readonly statistics: readonly string[]
  readonly clustered: boolean
  readonly replicaIdentity: boolean
  /** False after a failed CREATE INDEX CONCURRENTLY. That of a partitioned table is valid once every partition has one. */
  readonly valid: boolean
}

export const indexes = defineKind<Index>({
  name: "index",
  query: (scope) => `
    select 'pg_class'::regclass::oid as classid, i.oid as objid, 0 as objsubid, quote_ident(i.relname) as name,
      'pg_class'::regclass::oid as parentclass, x.indrelid as parentid,
      pg_get_indexdef(i.oid) as definition, quote_ident(s.spcname) as tablespace,
      array(select a.attnum || ', ' || a.attstattarget from pg_attribute a
        where a.attrelid = i.oid and a.attstattarget >= 0 order by a.attnum) as statistics,
      x.indisclustered as clustered, x.indisreplident as "replicaIdentity",
      x.indisvalid or i.relkind = 'I' as valid
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class c on c.oid = x.indrelid
    left join pg_tablespace s on s.oid = i.reltablespace
    where c.relkind in ('r', 'p', 'm')
      and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
      and ${scope.includes("pg_class", "i.oid", "i.relnamespace")}`,
  create: (index) => [index.properties.definition, ...settings(index)],
  drop: ({ identity }) => [`drop index ${identity}`],
  alter: {
    definition: "recreate",
    valid: (_, after) => (after.properties.valid ? [`reindex index ${after.identity}`] : []),
    tablespace: (_, { identity, properties: { tablespace } }) => [
      `alter index ${identity} set tablespace ${tablespace ?? "pg_default"}`,
    ],
    statistics: (before, after) => {
      const kept = new Set(after.properties.statistics.map(columnOf))
      const reset = before.properties.statistics.filter((each) => !kept.has(columnOf(each)))
      return [
        ...reset.map((each) => statisticsStep(after, `${columnOf(each)}, -1`)),
        ...after.properties.statistics.map((each) => statisticsStep(after, each)),
      ]
    },
    clustered: (_, { name, parent, properties: { clustered } }) => [
      clustered
        ? `alter table ${parent?.identity} cluster on ${name}`
        : `alter table ${parent?.identity} set without cluster`,
    ],
    replicaIdentity: (_, { name, parent, properties: { replicaIdentity } }) =>
      replicaIdentity ? [`alter table ${parent?.identity} replica identity using index ${name}`] : [],
  },
  remadeByServer: () => true,
  facets: { comment: ({ identity }) => `index ${identity}` },
})

function settings(index: CatalogObject<Index>): string[] {
  const { identity, name, parent, properties } = index
  const { tablespace, statistics, clustered, replicaIdentity } = properties
  return [
    ...(tablespace === null ? [] : [`alter index ${identity} set tablespace ${tablespace}`]),
    ...statistics.map((each) => statisticsStep(index, each)),
    ...(clustered ? [`alter table ${parent?.identity} cluster on ${name}`] : []),
    ...(replicaIdentity ? [`alter table ${parent?.identity} replica identity using index ${name}`] : []),
  ]
}

function statisticsStep({ identity }: CatalogObject<Index>, columnAndTarget: string): string {
  return `alter index ${identity} alter column ${columnAndTarget.replace(",", " set statistics")}`
}

function columnOf(columnAndTarget: string): string {
  return columnAndTarget.slice(0, columnAndTarget.indexOf(","))
}
