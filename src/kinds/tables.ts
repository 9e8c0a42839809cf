import { defineKind, losing } from "./kind.ts"
import { reloptionList, reloptionSteps } from "./reloptions.ts"

/** A table or partitioned table. Its columns and constraints are objects of their own. */
export interface Table {
  readonly persistence: "permanent" | "unlogged"
  /** `LIST (region)`; null where the table is not partitioned. */
  readonly partitionKey: string | null
  /** What the key's columns are, which no statement changes while they are in it: `id bigint`. */
  readonly keyColumns: readonly string[]
  /** The composite type of a typed table. */
  readonly ofType: string | null
  /** The tables that it inherits from, in their order; a partition's table is not among them. */
  readonly inherits: readonly string[]
  /** `name=value`, with those of its toast table as `toast.name=value`. */
  readonly options: readonly string[]
  readonly tablespace: string | null
  readonly accessMethod: string | null
  readonly rowSecurity: boolean
  readonly forceRowSecurity: boolean
  /** `index` where one of its indexes says that it is the one. */
  readonly replicaIdentity: "default" | "nothing" | "full" | "index"
}

/** Of an edge of pg_depend: a column cannot be dropped while it is in the key, which makes it a part of the table. */
const isKeyColumn =
  "d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.objid = d.refobjid" +
  " and d.objsubid > 0 and d.refobjsubid = 0 and d.deptype = 'i'"

export const tables = defineKind<Table>({
  name: "table",
  query: (scope) => `
    select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      c.relowner::regrole::text as owner, c.relacl::text[] as acl,
      case c.relpersistence when 'u' then 'unlogged' else 'permanent' end as persistence,
      case c.relkind when 'p' then pg_get_partkeydef(c.oid) end as "partitionKey",
      case c.relkind when 'p' then array(select distinct quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
          || ' ' || a.attcollation::regcollation
        from pg_depend d join pg_attribute a on a.attrelid = d.objid and a.attnum = d.objsubid
        where ${isKeyColumn} and d.objid = c.oid order by 1) else '{}' end as "keyColumns",
      case when c.reloftype <> 0 then format_type(c.reloftype, null) end as "ofType",
      array(select i.inhparent::regclass::text from pg_inherits i
        where i.inhrelid = c.oid and not c.relispartition order by i.inhseqno) as inherits,
      coalesce(c.reloptions, '{}') || array(select 'toast.' || o from unnest(t.reloptions) o) as options,
      quote_ident(s.spcname) as tablespace, quote_ident(a.amname) as "accessMethod",
      c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as "forceRowSecurity",
      case c.relreplident when 'd' then 'default' when 'n' then 'nothing' when 'f' then 'full' else 'index' end
        as "replicaIdentity"
    from pg_class c
    left join pg_class t on t.oid = c.reltoastrelid
    left join pg_tablespace s on s.oid = c.reltablespace
    left join pg_am a on a.oid = c.relam
    where c.relkind in ('r', 'p') and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  // A partitioned table cannot do without what the columns of its key are of; the server keeps that with the columns.
  dependencies: () => `
    select 'pg_class'::regclass as classid, d.objid, 0 as objsubid, t.refclassid, t.refobjid, 0 as refobjsubid,
      'needs' as type
    from pg_depend d
    join pg_class c on c.oid = d.objid and c.relkind = 'p'
    join pg_depend t on t.classid = d.classid and t.objid = d.objid and t.objsubid = d.objsubid
      and t.refclassid in ('pg_type'::regclass, 'pg_collation'::regclass)
    where ${isKeyColumn}`,
  create: ({ identity, properties }, parts) => {
    const { persistence, ofType, inherits, partitionKey, accessMethod, options, tablespace } = properties
    const sql = [
      `create ${persistence === "unlogged" ? "unlogged " : ""}table ${identity}`,
      ofType === null ? "" : ` of ${ofType}`,
      ofType !== null && parts.length === 0
        ? ""
        : parts.length === 0
          ? " ()"
          : ` (\n  ${parts.join(",\n  ")}\n)`,
      inherits.length === 0 ? "" : ` inherits (${inherits.join(", ")})`,
      partitionKey === null ? "" : ` partition by ${partitionKey}`,
      accessMethod === null || (accessMethod === "heap" && partitionKey === null)
        ? ""
        : ` using ${accessMethod}`,
      options.length === 0 ? "" : ` with ${reloptionList(options)}`,
      tablespace === null ? "" : ` tablespace ${tablespace}`,
    ].join("")
    return [sql, ...rowSecuritySteps(identity, properties), ...replicaIdentitySteps(identity, properties)]
  },
  drop: ({ identity, properties: { partitionKey } }) =>
    partitionKey === null
      ? [losing(`drop table ${identity}`, `all rows of ${identity}`)]
      : [`drop table ${identity}`],
  alter: {
    persistence: (_, { identity, properties: { persistence } }) => [
      `alter table ${identity} set ${persistence === "unlogged" ? "unlogged" : "logged"}`,
    ],
    partitionKey: "recreate",
    keyColumns: "recreate",
    ofType: (_, { identity, properties: { ofType } }) => [
      ofType === null ? `alter table ${identity} not of` : `alter table ${identity} of ${ofType}`,
    ],
    // The new parents first: a column that an old one has as well stays an inherited one that way.
    inherits: (before, { identity, properties: { inherits } }) => [
      ...without(inherits, before.properties.inherits).map(
        (parent) => `alter table ${identity} inherit ${parent}`,
      ),
      ...without(before.properties.inherits, inherits).map(
        (parent) => `alter table ${identity} no inherit ${parent}`,
      ),
    ],
    options: (before, after) =>
      reloptionSteps(`table ${after.identity}`, before.properties.options, after.properties.options),
    tablespace: (_, { identity, properties: { tablespace } }) => [
      `alter table ${identity} set tablespace ${tablespace ?? "pg_default"}`,
    ],
    accessMethod: (_, { identity, properties: { accessMethod } }) => [
      `alter table ${identity} set access method ${accessMethod ?? "default"}`,
    ],
    rowSecurity: (_, { identity, properties: { rowSecurity } }) => [
      `alter table ${identity} ${rowSecurity ? "enable" : "disable"} row level security`,
    ],
    forceRowSecurity: (_, { identity, properties: { forceRowSecurity } }) => [
      `alter table ${identity} ${forceRowSecurity ? "force" : "no force"} row level security`,
    ],
    replicaIdentity: (_, { identity, properties }) =>
      properties.replicaIdentity === "index"
        ? []
        : [`alter table ${identity} replica identity ${properties.replicaIdentity}`],
  },
  hosts: () => true,
  // What survives a crash may not refer to what does not.
  inTurn: ({ properties: before }, { properties: after }) =>
    before.persistence === after.persistence
      ? undefined
      : after.persistence === "permanent"
        ? "after what its parts refer to"
        : "before what its parts refer to",
  // The rows are in the partitions, which stay.
  holdsData: ({ properties }) => properties.partitionKey === null,
  facets: {
    comment: ({ identity }) => `table ${identity}`,
    owner: ({ identity }) => `table ${identity}`,
    grants: { type: "r", on: ({ identity }) => `table ${identity}` },
  },
})

function rowSecuritySteps(identity: string, { rowSecurity, forceRowSecurity }: Table): string[] {
  return [
    ...(rowSecurity ? [`alter table ${identity} enable row level security`] : []),
    ...(forceRowSecurity ? [`alter table ${identity} force row level security`] : []),
  ]
}

function replicaIdentitySteps(identity: string, { replicaIdentity }: Table): string[] {
  return replicaIdentity === "nothing" || replicaIdentity === "full"
    ? [`alter table ${identity} replica identity ${replicaIdentity}`]
    : []
}

function without(all: readonly string[], known: readonly string[]): string[] {
  return all.filter((each) => !known.includes(each))
}
