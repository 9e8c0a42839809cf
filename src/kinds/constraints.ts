import type { CatalogObject } from "../catalog/catalog.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"
import { reloptionSteps } from "./reloptions.ts"

/** A primary key, unique, check, foreign key or exclusion constraint of a table, with the index that enforces it. */
export interface Constraint {
  readonly contype: "primary key" | "unique" | "check" | "foreign key" | "exclude"
  /** As pg_get_constraintdef() prints it. */
  readonly definition: string
  /** On a partitioned table a key is made without its partitions, which get theirs one by one. */
  readonly only: boolean
  /** Storage parameters of its index. */
  readonly indexOptions: readonly string[]
  readonly indexTablespace: string | null
  /** Quoted and qualified name of its index. */
  readonly index: string | null
  /** The comment on its index, which is another than that on the constraint. */
  readonly indexComment: string | null
  readonly clustered: boolean
  readonly replicaIdentity: boolean
  /** It was never declared on this table: a parent table brought it. */
  readonly comesFromParent: boolean
}

type Of = CatalogObject<Constraint>

export const constraints = defineKind<Constraint>({
  name: "constraint",
  identified: true,
  query: (scope) => `
    select 'table constraint' as type, quote_ident(k.conname) || ' on ' || c.identity as identity,
      'pg_constraint'::regclass::oid as classid, k.oid as objid, 0 as objsubid, quote_ident(k.conname) as name,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid,
      case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'c' then 'check'
        when 'f' then 'foreign key' else 'exclude' end as contype,
      pg_get_constraintdef(k.oid) as definition,
      c.relkind = 'p' and k.contype in ('p', 'u', 'x') as only,
      coalesce(i.reloptions, '{}') as "indexOptions", quote_ident(s.spcname) as "indexTablespace",
      i.oid::regclass::text as index,
      obj_description(i.oid, 'pg_class') as "indexComment",
      coalesce(x.indisclustered, false) as clustered, coalesce(x.indisreplident, false) as "replicaIdentity",
      k.coninhcount > 0 and not k.conislocal as "comesFromParent"
    from pg_constraint k
    join (select c.oid, c.relkind, c.relispartition, c.oid::regclass::text as identity from pg_class c
      where c.relkind in ('r', 'p', 'f') and ${scope.includes("pg_class", "c.oid", "c.relnamespace")} offset 0) c
      on c.oid = k.conrelid
    left join pg_class i on i.oid = k.conindid and k.contype in ('p', 'u', 'x')
    left join pg_index x on x.indexrelid = i.oid
    left join pg_tablespace s on s.oid = i.reltablespace
    where k.contype in ('p', 'u', 'c', 'f', 'x')
      and not (k.contype = 'f' and k.conparentid <> 0)
      and not (k.contype = 'c' and not k.conislocal and not c.relispartition)`,
  dependencies: () => `
    select 'pg_constraint'::regclass as classid, k.oid as objid, 0 as objsubid,
      'pg_constraint'::regclass as refclassid, p.oid as refobjid, 0 as refobjsubid,
      case when k.conislocal then 'merges' else 'inherits' end as type
    from pg_inherits i
    join pg_constraint k on k.conrelid = i.inhrelid and k.contype = 'c' and k.coninhcount > 0
    join pg_constraint p on p.conrelid = i.inhparent and p.contype = 'c' and p.conname = k.conname`,
  inline: ({ name, properties }) =>
    properties.contype === "foreign key" || / NOT VALID$/.test(properties.definition)
      ? undefined
      : `constraint ${name} ${properties.definition}`,
  inlineOnce: ({ properties: { contype, definition } }) =>
    contype === "check" ? undefined : definition.replace(/^PRIMARY KEY/, "UNIQUE"),
  create: (constraint) => {
    const { name, parent, properties } = constraint
    const only = properties.only ? "only " : ""
    return [
      `alter table ${only}${parent?.identity} add constraint ${name} ${properties.definition}`,
      ...indexSettings(constraint),
    ]
  },
  afterInline: (constraint) => indexSettings(constraint),
  drop: ({ name, parent }) => [`alter table ${parent?.identity} drop constraint ${name}`],
  alter: {
    contype: "recreate",
    definition: (before, after) =>
      before.properties.definition === `${after.properties.definition} NOT VALID`
        ? [`alter table ${after.parent?.identity} validate constraint ${after.name}`]
        : "recreate",
    only: "ignore", // follows from the table
    index: "ignore", // follows from the name
    indexOptions: (before, after) =>
      reloptionSteps(
        `index ${after.properties.index}`,
        before.properties.indexOptions,
        after.properties.indexOptions,
      ),
    indexTablespace: (_, { properties: { index, indexTablespace } }) => [
      `alter index ${index} set tablespace ${indexTablespace ?? "pg_default"}`,
    ],
    indexComment: (_, { properties: { index, indexComment } }) => [
      `comment on index ${index} is ${indexComment === null ? "null" : quoteLiteral(indexComment)}`,
    ],
    clustered: (_, { name, parent, properties: { clustered } }) => [
      clustered
        ? `alter table ${parent?.identity} cluster on ${name}`
        : `alter table ${parent?.identity} set without cluster`,
    ],
    replicaIdentity: (_, { name, parent, properties: { replicaIdentity } }) =>
      replicaIdentity ? [`alter table ${parent?.identity} replica identity using index ${name}`] : [],
    comesFromParent: "ignore", // a constraint that a parent brings later stays declared here
  },
  recurses: ["definition"],
  position: ({ properties }) => order.indexOf(properties.contype) + 10_000,
  // A table has one primary key.
  names: ({ parent, properties: { index, contype } }) => [
    ...(index === null ? [] : [index]),
    ...(contype === "primary key" ? [`the primary key of ${parent?.identity}`] : []),
  ],
  // Between the change of its two ends a foreign key cannot hold.
  remadeByServer: ({ properties }) => properties.contype !== "foreign key",
  facets: { comment: ({ name, parent }) => `constraint ${name} on ${parent?.identity}` },
})

const order: readonly string[] = ["primary key", "unique", "exclude", "check", "foreign key"]

type Settings = Pick<
  Of["properties"],
  "index" | "indexOptions" | "indexTablespace" | "indexComment" | "clustered" | "replicaIdentity"
>

function indexSettings({
  name,
  parent,
  properties: { index, indexOptions, indexTablespace, indexComment, clustered, replicaIdentity },
}: CatalogObject<Settings>): string[] {
  return [
    ...reloptionSteps(`index ${index}`, [], indexOptions),
    ...(indexTablespace === null ? [] : [`alter index ${index} set tablespace ${indexTablespace}`]),
    ...(indexComment === null ? [] : [`comment on index ${index} is ${quoteLiteral(indexComment)}`]),
    ...(clustered ? [`alter table ${parent?.identity} cluster on ${name}`] : []),
    ...(replicaIdentity ? [`alter table ${parent?.identity} replica identity using index ${name}`] : []),
  ]
}
