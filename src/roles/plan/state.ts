import type { Connection } from "../../db/connection.ts"
import { readRoles } from "../read-roles.ts"
import type { Role, RoleGraph } from "../role-graph.ts"

/** What a plan starts from: a database and the roles of its server. */
export interface RolesState {
  readonly graph: RoleGraph
  /** Who plans, and will apply. */
  readonly self: Role
  readonly database: Owned
  readonly schemas: readonly Owned[]
  readonly objects: readonly SchemaObject[]
  readonly defaults: readonly DefaultRow[]
  /** Settings of roles in this database, by the role's name: `lock_timeout=2s`. */
  readonly settings: ReadonlyMap<string, readonly string[]>
  /** Schemas that extensions put their objects into. */
  readonly extensionSchemas: readonly string[]
  readonly connectionLimits: ReadonlyMap<string, number>
}

export interface Owned {
  readonly name: string
  readonly owner: string
  /** `grantee privilege`; PUBLIC is the empty name. */
  readonly grants: ReadonlySet<string>
}

/** An object in one of the schemas; those of extensions are left alone. */
export interface SchemaObject extends Owned {
  readonly kind: "table" | "sequence" | "routine" | "type" | "other"
  /** As ALTER names its kind: `MATERIALIZED VIEW`. */
  readonly keywords: string
  readonly schema: string
  /** Goes with another object, so that its owner cannot be set. */
  readonly dependent: boolean
}

export interface DefaultRow {
  readonly schema: string | null
  /** pg_default_acl.defaclobjtype */
  readonly objects: string
  readonly grants: ReadonlySet<string>
}

/** Reads what a plan for `schemas` and the default privileges of `owner` needs, within the open transaction. */
export async function readState(
  connection: Connection,
  { schemas, owner }: { readonly schemas: readonly string[]; readonly owner: string },
): Promise<RolesState> {
  const graph = await readRoles(connection)
  const [database] = await connection.query<OwnedRow & { self: string }>(
    `select datname as name, pg_get_userbyid(datdba) as owner, session_user::text as self,
            ${grantsOf("coalesce(datacl, acldefault('d', datdba))")} as grants
       from pg_database where datname = current_database()`,
  )
  const self = [...graph.roles.values()].find(({ name }) => name === database?.self)
  if (database === undefined || self === undefined)
    throw new Error("the server does not know its own database")
  const schemaRows = await connection.query<OwnedRow>(
    `select nspname as name, pg_get_userbyid(nspowner) as owner, ${grantsOf("nspacl")} as grants
       from pg_namespace where nspname !~ '^pg_' order by nspname`,
  )
  const objects = await connection.query<ObjectRow>(objectsSql, [schemas])
  const defaults = await connection.query<DefaultRowText>(
    `select n.nspname as schema, d.defaclobjtype as objects, ${grantsOf("d.defaclacl")} as grants
       from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
      where pg_get_userbyid(d.defaclrole) = $1`,
    [owner],
  )
  const settings = await connection.query<{ role: string; config: string[] }>(
    `select pg_get_userbyid(setrole) as role, setconfig as config from pg_db_role_setting
      where setrole <> 0 and setdatabase = (select oid from pg_database where datname = current_database())`,
  )
  const extensions = await connection.query<{ name: string }>(
    "select distinct extnamespace::regnamespace::text as name from pg_extension where extnamespace <> 'pg_catalog'::regnamespace",
  )
  const limits = await connection.query<{ name: string; limit: number }>(
    `select rolname as name, rolconnlimit as "limit" from pg_roles`,
  )
  return {
    graph,
    self,
    database: ownedOf(database),
    schemas: schemaRows.map(ownedOf),
    objects: objects.map((row) => ({ ...row, grants: new Set(row.grants) })),
    defaults: defaults.map((row) => ({ ...row, grants: new Set(row.grants) })),
    settings: new Map(settings.map(({ role, config }) => [role, config])),
    extensionSchemas: extensions.map(({ name }) => name),
    connectionLimits: new Map(limits.map(({ name, limit }) => [name, limit])),
  }
}

interface OwnedRow {
  readonly name: string
  readonly owner: string
  readonly grants: readonly string[]
}

type ObjectRow = Omit<SchemaObject, "grants"> & OwnedRow
type DefaultRowText = Omit<DefaultRow, "grants"> & { readonly grants: readonly string[] }

function ownedOf({ name, owner, grants }: OwnedRow): Owned {
  return { name, owner, grants: new Set(grants) }
}

function grantsOf(acl: string): string {
  return `array(select case x.grantee when 0 then '' else pg_get_userbyid(x.grantee) end || ' ' || x.privilege_type from aclexplode(${acl}) x)`
}

const objectsSql = `
  with mine as (
    select 'pg_class'::regclass as classid, c.oid, c.relnamespace as schema, c.relowner as owner,
           case when c.relkind = 'S' then 'sequence' else 'table' end as kind,
           case c.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' when 'S' then 'SEQUENCE'
                          when 'f' then 'FOREIGN TABLE' else 'TABLE' end as keywords,
           coalesce(c.relacl, acldefault((case when c.relkind = 'S' then 's' else 'r' end)::"char", c.relowner)) as acl,
           c.relkind = 'S' and exists (
             select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                and d.deptype in ('a', 'i') and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0) as dependent
      from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select 'pg_proc'::regclass, p.oid, p.pronamespace, p.proowner, 'routine',
           case p.prokind when 'a' then 'AGGREGATE' when 'p' then 'PROCEDURE' else 'FUNCTION' end,
           coalesce(p.proacl, acldefault('f', p.proowner)), false
      from pg_proc p
    union all
    select 'pg_type'::regclass, t.oid, t.typnamespace, t.typowner, 'type', 'TYPE',
           coalesce(t.typacl, acldefault('T', t.typowner)), false
      from pg_type t left join pg_class c on c.oid = t.typrelid
     where (t.typrelid = 0 or c.relkind = 'c')
       and t.typtype in ('b', 'c', 'd', 'e', 'r')
       and not exists (select 1 from pg_type e where e.typarray = t.oid)
    union all select 'pg_collation'::regclass, oid, collnamespace, collowner, 'other', 'COLLATION', null, false from pg_collation
    union all select 'pg_operator'::regclass, oid, oprnamespace, oprowner, 'other', 'OPERATOR', null, false from pg_operator
    union all select 'pg_opclass'::regclass, oid, opcnamespace, opcowner, 'other', 'OPERATOR CLASS', null, false from pg_opclass
    union all select 'pg_opfamily'::regclass, oid, opfnamespace, opfowner, 'other', 'OPERATOR FAMILY', null, false from pg_opfamily
    union all select 'pg_conversion'::regclass, oid, connamespace, conowner, 'other', 'CONVERSION', null, false from pg_conversion
    union all select 'pg_ts_config'::regclass, oid, cfgnamespace, cfgowner, 'other', 'TEXT SEARCH CONFIGURATION', null, false from pg_ts_config
    union all select 'pg_ts_dict'::regclass, oid, dictnamespace, dictowner, 'other', 'TEXT SEARCH DICTIONARY', null, false from pg_ts_dict
    union all select 'pg_statistic_ext'::regclass, oid, stxnamespace, stxowner, 'other', 'STATISTICS', null, false from pg_statistic_ext)
  select i.identity as name, m.kind, m.keywords, n.nspname as schema, pg_get_userbyid(m.owner) as owner, m.dependent,
         ${grantsOf("m.acl")} as grants
    from mine m
    join pg_namespace n on n.oid = m.schema and n.nspname = any($1)
    cross join lateral pg_identify_object(m.classid, m.oid, 0) i
   where not exists (select 1 from pg_depend d where d.classid = m.classid and d.objid = m.oid and d.deptype = 'e')
   order by m.kind, i.identity`
