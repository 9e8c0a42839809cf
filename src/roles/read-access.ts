import type { Connection } from "../db/connection.ts"
import type {
  Access,
  AttachedRoutine,
  Creators,
  DefaultGrant,
  EventTrigger,
  ForeignKey,
  Grant,
  ImpliedRoutine,
  OwnedObject,
  Relation,
  RewriteRule,
  Routine,
  Schema,
  Trigger,
} from "./access.ts"
import { parsePath } from "./path.ts"
import type { RoleGraph } from "./role-graph.ts"

/**
 * Reads what decides over the rights of some roles. Needs no right beyond CONNECT, writes nothing.
 *
 * The caller has opened a transaction with one snapshot and the search path `pg_catalog`, so that definitions come with
 * all schemas written out.
 *
 * @param holders the roles whose grants and possessions matter; PUBLIC's always do
 */
export async function readAccess(
  connection: Connection,
  graph: RoleGraph,
  holders: readonly number[],
): Promise<Access> {
  const { serverVersion } = connection
  const rows = async <Row extends object>(sql: string) =>
    connection.query<Row>(sql, sql.includes("$1") ? [[0, ...holders]] : [])
  const relations = await rows<RelationRow>(relationsSql(serverVersion))
  const types = await rows<{ schema: number; names: string[]; enums: string[] | null }>(typesSql)
  const [database] = await rows<Access["database"] & { reader: string }>(databaseSql)
  if (database === undefined) throw new Error("the server knows no current database")
  return {
    graph,
    database,
    reader: database.reader,
    schemas: byOid(await rows<Schema>(schemasSql)),
    relations: byOid(relations.map(relationOf)),
    types: new Map(types.map(({ schema, names }) => [schema, new Set(names)])),
    enums: new Set(types.flatMap(({ enums }) => enums ?? [])),
    owned: await rows<OwnedObject>(ownedSql),
    grants: await rows<Grant>(grantsSql(serverVersion)),
    routines: byOid((await rows<RoutineRow>(routinesSql)).map(routineOf)),
    triggers: await rows<Trigger>(triggersSql),
    eventTriggers: await rows<EventTrigger>(eventTriggersSql),
    rules: await rows<RewriteRule>(rulesSql),
    foreignKeys: await rows<ForeignKey>(foreignKeysSql),
    partitions: await rows<{ parent: number; child: number }>(
      "select inhparent as parent, inhrelid as child from pg_inherits",
    ),
    attached: await rows<AttachedRoutine>(attachedSql),
    implied: await rows<ImpliedRoutine>(impliedSql),
    domains: await rows<Access["domains"][number]>(domainsSql),
    reads: await rows<{ view: number; relation: number }>(readsSql),
    defaults: await rows<DefaultGrant>(defaultsSql),
    creators: await rows<Creators>(creatorsSql),
    columns: new Map(
      (await rows<ColumnsRow>(columnsSql)).map(({ relation, names, types: columnTypes }) => [
        relation,
        new Map(names.map((name, index) => [name, columnTypes[index] ?? ""])),
      ]),
    ),
    falselyTrusted: (await rows<{ name: string }>(languagesSql)).map(({ name }) => name),
  }
}

function byOid<Item extends { readonly oid: number }>(items: readonly Item[]): ReadonlyMap<number, Item> {
  return new Map(items.map((item) => [item.oid, item]))
}

/** Objects that belong to one session end with it, and are its own business. */
const notTemporary = "n.nspname !~ '^pg_(temp|toast)'"

const databaseSql = `
  select oid, quote_ident(datname) as name, datdba as owner, session_user::text as reader
    from pg_database where datname = current_database()`

const schemasSql = `
  select oid, nspname as name, nspowner as owner from pg_namespace n where ${notTemporary} order by nspname`

type RelationRow = Omit<Relation, "definition"> & { readonly definition: string | null }

function relationOf({ definition, ...rest }: RelationRow): Relation {
  return definition === null ? rest : { ...rest, definition }
}

/** Of views only those are printed that can be written through without triggers. */
const relationsSql = (serverVersion: number) => `
  select c.oid, c.relnamespace as schema, c.relname, c.relkind as kind, c.relowner as owner,
         format('%I.%I', n.nspname, c.relname) as name,
         ${serverVersion >= 150_000 ? "coalesce('security_invoker=true' = any(c.reloptions) or 'security_invoker=on' = any(c.reloptions) or 'security_invoker=1' = any(c.reloptions), false)" : "false"} as "securityInvoker",
         coalesce('schema_name=pg_catalog' = any(f.ftoptions), false) as "remoteCatalog", c.relforcerowsecurity as "forcesPolicies",
         case when c.relkind = 'v' and (c.oid >= 16384 or c.relacl is not null)
                   and pg_relation_is_updatable(c.oid, false) & 28 <> 0
              then pg_get_viewdef(c.oid) end as definition
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_foreign_table f on f.ftrelid = c.oid
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${notTemporary}
   order by n.nspname, c.relname`

const typesSql = `
  select t.typnamespace as schema, array_agg(t.typname::text) as names,
         array_agg(t.typname::text) filter (where t.typtype = 'e') as enums
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
   where ${notTemporary}
   group by t.typnamespace`

/** Large objects, user mappings and default privileges belong to whoever made them, and nobody else. */
const ownedSql = `
  select d.refobjid as owner, i.type, i.identity
    from pg_shdepend d
    cross join lateral pg_identify_object(d.classid, d.objid, 0) i
   where d.deptype = 'o' and d.refclassid = 'pg_authid'::regclass and d.refobjid = any($1)
     and d.dbid in (0, (select oid from pg_database where datname = current_database()))
     and d.classid not in ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass, 'pg_largeobject'::regclass)
     and coalesce(i.schema, '') !~ '^pg_(temp|toast)' and i.identity is not null
     -- A sequence of a column goes with its table.
     and not (d.classid = 'pg_class'::regclass and exists (
           select 1 from pg_depend o
            where o.classid = 'pg_class'::regclass and o.objid = d.objid and o.objsubid = 0 and o.deptype in ('a', 'i')
              and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0))
   order by i.type, i.identity`

interface GrantSource {
  readonly kind: string
  readonly from: string
  readonly oid: string
  readonly schema?: string
  readonly name: string
  readonly column?: string
  readonly owner: string
  readonly acl: string
  /** Privileges that matter without a grant option; absent: all. */
  readonly privileges?: string
  readonly since?: number
}

/** Where privileges stand. What has no rights of PUBLIC by default needs no acldefault(). */
const grantSources: readonly GrantSource[] = [
  {
    kind: "database",
    from: "pg_database o",
    oid: "o.oid",
    name: "quote_ident(o.datname)",
    owner: "o.datdba",
    acl: "coalesce(o.datacl, acldefault('d', o.datdba))",
  },
  {
    kind: "schema",
    from: `pg_namespace o`,
    oid: "o.oid",
    schema: "o.oid",
    name: "quote_ident(o.nspname)",
    owner: "o.nspowner",
    acl: "o.nspacl",
  },
  {
    kind: "table",
    from: "pg_class o join pg_namespace n on n.oid = o.relnamespace and o.relkind in ('r', 'p', 'v', 'm', 'f')",
    oid: "o.oid",
    schema: "o.relnamespace",
    name: "format('%I.%I', n.nspname, o.relname)",
    owner: "o.relowner",
    acl: "o.relacl",
    privileges: "'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'",
  },
  {
    kind: "sequence",
    from: "pg_class o join pg_namespace n on n.oid = o.relnamespace and o.relkind = 'S'",
    oid: "o.oid",
    schema: "o.relnamespace",
    name: "format('%I.%I', n.nspname, o.relname)",
    owner: "o.relowner",
    acl: "o.relacl",
    privileges: "''",
  },
  {
    kind: "column",
    from: "pg_attribute a join pg_class o on o.oid = a.attrelid join pg_namespace n on n.oid = o.relnamespace",
    oid: "o.oid",
    schema: "o.relnamespace",
    name: "format('%I.%I', n.nspname, o.relname)",
    column: "quote_ident(a.attname)",
    owner: "o.relowner",
    acl: "a.attacl",
    privileges: "'INSERT', 'UPDATE', 'REFERENCES'",
  },
  {
    kind: "routine",
    from: "pg_proc o",
    oid: "o.oid",
    schema: "o.pronamespace",
    name: "o.oid::regprocedure::text",
    owner: "o.proowner",
    acl: "o.proacl",
    privileges: "''",
  },
  {
    kind: "type",
    from: "pg_type o join pg_namespace n on n.oid = o.typnamespace",
    oid: "o.oid",
    schema: "o.typnamespace",
    name: "format('%I.%I', n.nspname, o.typname)",
    owner: "o.typowner",
    acl: "o.typacl",
    privileges: "''",
  },
  {
    kind: "language",
    from: "pg_language o",
    oid: "o.oid",
    name: "quote_ident(o.lanname)",
    owner: "o.lanowner",
    acl: "coalesce(o.lanacl, acldefault('l', o.lanowner))",
  },
  {
    kind: "foreign data wrapper",
    from: "pg_foreign_data_wrapper o",
    oid: "o.oid",
    name: "quote_ident(o.fdwname)",
    owner: "o.fdwowner",
    acl: "o.fdwacl",
  },
  {
    kind: "foreign server",
    from: "pg_foreign_server o",
    oid: "o.oid",
    name: "quote_ident(o.srvname)",
    owner: "o.srvowner",
    acl: "o.srvacl",
  },
  {
    kind: "tablespace",
    from: "pg_tablespace o",
    oid: "o.oid",
    name: "quote_ident(o.spcname)",
    owner: "o.spcowner",
    acl: "o.spcacl",
  },
  {
    kind: "large object",
    from: "pg_largeobject_metadata o",
    oid: "o.oid",
    name: "o.oid::text",
    owner: "o.lomowner",
    acl: "o.lomacl",
    privileges: "''",
  },
  {
    kind: "parameter",
    from: "pg_parameter_acl o",
    oid: "o.oid",
    name: "o.parname",
    owner: "10",
    acl: "o.paracl",
    since: 150_000,
  },
]

function grantsSql(serverVersion: number): string {
  const parts = grantSources
    .filter(({ since = 0 }) => serverVersion >= since)
    .map(
      ({ kind, from, oid, schema = "0", name, column = "null", owner, acl, privileges }) => `
  select '${kind}' as kind, ${oid} as oid, ${schema} as schema, ${name} as name, ${column} as "column",
         ${owner} as owner, x.grantee, x.grantor, x.privilege_type as privilege, x.is_grantable as grantable
    from ${from} cross join lateral aclexplode(${acl}) x
   where ${acl} is not null and x.grantee = any($1) and x.grantee <> ${owner}
         ${privileges === undefined ? "" : `and (x.is_grantable or x.privilege_type in (${privileges}))`}`,
    )
  return `${parts.join("\nunion all\n")}\norder by kind, name, "column", privilege, grantee, grantor`
}

type RoutineRow = Omit<Routine, "path"> & { readonly config: readonly string[] | null }

function routineOf({ config, ...rest }: RoutineRow): Routine {
  const setting = config?.find((entry) => entry.startsWith("search_path="))
  return { ...rest, path: setting === undefined ? undefined : parsePath(setting.slice(12)) }
}

/**
 * All routines but the server's own, and of those the ones that the roles may execute though PUBLIC may not by default.
 */
const routinesSql = `
  select p.oid, p.oid::regprocedure::text as name, p.pronamespace as schema, p.proname, p.proowner as owner,
         p.prokind as kind, p.prosecdef as definer, l.lanname as language, l.lanpltrusted as "languageTrusted",
         p.prorettype::regtype::text as returns,
         array(select format_type(t, null)
                 from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality a (t, n) order by n) as "argumentTypes",
         coalesce(p.proargnames, '{}') as "argumentNames",
         p.proconfig as config, p.prosqlbody is not null as atomic,
         p.prosrc as source,
         case when l.lanname not in ('c', 'internal') and p.prokind <> 'a' and p.oid >= 16384
              then case l.lanname when 'sql' then coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)
                                  when 'plpgsql' then pg_get_functiondef(p.oid)
                                  else p.prosrc end
              else '' end as definition,
         array(select x.grantee
                 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
                where x.grantee = any($1)) as executors,
         case when p.prosecdef then
           array(select distinct d.classid::regclass::text from pg_depend d
                  where d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid)
           else '{}' end as "usedBy",
         case when p.prosecdef then
           array(select a.aggfnoid::oid from pg_aggregate a
                  where p.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
                                  a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn))
           else '{}' end as aggregates
    from pg_proc p
    join pg_language l on l.oid = p.prolang
    join pg_namespace n on n.oid = p.pronamespace
   where ${notTemporary}
     and (p.oid >= 16384
          or p.proacl is not null and exists (select 1 from aclexplode(p.proacl) x where x.grantee = any($1)))
   order by n.nspname, p.proname, p.oid`

const triggersSql = `
  select t.tgname as name, t.tgrelid as relation, t.tgfoid as routine, t.tgtype::int as bits,
         array(select quote_ident(a.attname) from pg_attribute a
                where a.attrelid = t.tgrelid and a.attnum = any(t.tgattr::int2[])) as columns
    from pg_trigger t
   where not t.tgisinternal and t.tgenabled in ('O', 'A')
   order by t.tgrelid, t.tgname`

const eventTriggersSql = `
  select evtname as name, evtfoid as routine, evtevent as event, evttags as tags
    from pg_event_trigger where evtenabled in ('O', 'A') order by evtname`

const rulesSql = `
  select r.rulename as name, r.ev_class as relation, pg_get_ruledef(r.oid) as definition,
         case r.ev_type when '2' then 'UPDATE' when '3' then 'INSERT' else 'DELETE' end as event
    from pg_rewrite r
   where r.ev_type in ('2', '3', '4') and r.ev_enabled in ('O', 'A') and r.oid >= 16384
   order by r.ev_class, r.rulename`

const foreignKeysSql = `
  select conrelid as "from", confrelid as "to", confdeltype as "onDelete", confupdtype as "onUpdate"
    from pg_constraint where contype = 'f' and (confdeltype in ('c', 'n', 'd') or confupdtype in ('c', 'n', 'd'))`

/** Of the routines that somebody made; the columns of a domain are checked by what the domain calls. */
const attachedSql = `
  with used as materialized (
    select distinct classid, objid, refobjid as routine from pg_depend
     where refclassid = 'pg_proc'::regclass and refobjid >= 16384
       and classid in ('pg_rewrite'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass,
                       'pg_policy'::regclass, 'pg_class'::regclass, 'pg_statistic_ext'::regclass))
  select ev_class as relation, routine, 'view' as kind
    from used join pg_rewrite o on classid = 'pg_rewrite'::regclass and o.oid = objid
  -- Before 15 a generated column depends on its function by itself.
  union select o.oid, routine, 'generated'
    from used join pg_class o on classid = 'pg_class'::regclass and o.oid = objid and o.relkind in ('r', 'p', 'f')
  union select adrelid, routine,
               case when exists (select from pg_attribute where attrelid = adrelid and attnum = adnum and attgenerated <> '')
                    then 'generated' else 'default' end from used join pg_attrdef o on classid = 'pg_attrdef'::regclass and o.oid = objid
  union select conrelid, routine, 'check'
    from used join pg_constraint o on classid = 'pg_constraint'::regclass and o.oid = objid and conrelid <> 0
  union select a.attrelid, routine, 'check'
    from used join pg_constraint o on classid = 'pg_constraint'::regclass and o.oid = objid and contypid <> 0
    join pg_attribute a on a.atttypid = o.contypid and not a.attisdropped
  union select polrelid, routine, 'policy' from used join pg_policy o on classid = 'pg_policy'::regclass and o.oid = objid
  union select stxrelid, routine, 'statistics'
    from used join pg_statistic_ext o on classid = 'pg_statistic_ext'::regclass and o.oid = objid
  union select indrelid, routine, 'index' from used join pg_index o on classid = 'pg_class'::regclass and indexrelid = objid
  order by 1, 2, 3`

const impliedSql = `
  select 'operator' as kind, oprname as name, oprcode::oid as routine from pg_operator where oprcode::oid >= 16384
  union select 'type', t.typname, c.castfunc from pg_cast c join pg_type t on t.oid = c.casttarget where c.castfunc >= 16384
  union select 'type', t.typname, d.refobjid
    from pg_constraint o join pg_type t on t.oid = o.contypid
    join pg_depend d on d.classid = 'pg_constraint'::regclass and d.objid = o.oid
                    and d.refclassid = 'pg_proc'::regclass and d.refobjid >= 16384
  union select 'aggregate', p.proname, f.oid
    from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
    cross join unnest(array[a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn]::oid[]) f (oid)
   where a.aggfnoid::oid >= 16384 and f.oid >= 16384
  order by 1, 2, 3`

const domainsSql = `
  select t.oid, t.typname as name,
         array(select pg_get_constraintdef(o.oid) from pg_constraint o
                where o.contypid = t.oid and o.contype = 'c' and o.convalidated) as checks
    from pg_type t where t.typtype = 'd' and t.oid >= 16384
   order by t.typname, t.oid`

const readsSql = `
  select distinct w.ev_class as view, d.refobjid as relation
    from pg_depend d join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
   where d.refclassid = 'pg_class'::regclass and d.refobjid >= 16384 and d.refobjid <> w.ev_class`

const defaultsSql = `
  select d.defaclrole as creator, d.defaclnamespace as schema,
         case d.defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'ROUTINES'
                              when 'T' then 'TYPES' when 'n' then 'SCHEMAS' else 'LARGE OBJECTS' end as objects,
         x.grantee, x.privilege_type as privilege, x.is_grantable as grantable
    from pg_default_acl d cross join lateral aclexplode(d.defaclacl) x
   where x.grantee = any($1) and x.grantee <> d.defaclrole
   order by d.defaclrole, d.defaclnamespace, objects, x.grantee, privilege`

const creatorsSql = `
  select 'schema' as kind, n.oid,
         array(select x.grantee from aclexplode(n.nspacl) x where x.privilege_type = 'CREATE') || n.nspowner as roles
    from pg_namespace n where ${notTemporary}
  union all
  select 'database', d.oid,
         array(select x.grantee from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
                where x.privilege_type = 'CREATE') || d.datdba
    from pg_database d where d.datname = current_database()`

interface ColumnsRow {
  readonly relation: number
  readonly names: readonly string[]
  readonly types: readonly string[]
}

const columnsSql = `
  select a.attrelid as relation, array_agg(a.attname order by a.attnum) as names,
         array_agg(format_type(a.atttypid, null) order by a.attnum) as types
    from pg_attribute a
   where a.attnum > 0 and not a.attisdropped
     and a.attrelid in (select tgrelid from pg_trigger where not tgisinternal)
   group by a.attrelid`

/** Marked as trusted by hand: whoever may use one of these runs code as the server's own user. */
const languagesSql = `
  select l.lanname as name
    from pg_language l left join pg_proc h on h.oid = l.lanplcallfoid
   where l.lanpltrusted
     and (l.lanname in ('c', 'internal')
          or h.proname in ('plperlu_call_handler', 'plpython3_call_handler', 'plpython2_call_handler',
                           'plpython_call_handler', 'pltclu_call_handler', 'plluau_call_handler', 'plsh_handler',
                           'plr_call_handler'))`
