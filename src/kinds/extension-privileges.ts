import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/**
 * Privileges that somebody changed on what an extension brought. Everything else about it is the extension's, also
 * what depends on it; so the address is not the member's own.
 */
interface ExtensionPrivileges {
  /** What the extension's script left: `execute to public`. */
  readonly initial: readonly string[]
}

/** On functions and procedures. */
export const extensionFunctionPrivileges = defineKind<ExtensionPrivileges>({
  name: "privileges on an extension's function",
  synthetic: true,
  query: () => `
    ${changed(1, "p", "f", "p.proacl", "p.proowner")},
      quote_ident(p.proname) as name, 'extension function' as type, p.oid::regprocedure::text as identity
    from pg_proc p ${members("pg_proc", "p", "f", "p.proacl", "p.proowner")}`,
  dependencies: () => memberEdges("pg_proc", 1),
  create: () => [],
  drop: (object) => backToInitial(`routine ${object.identity}`, object),
  alter: { initial: "ignore" }, // the extension's
  facets: { grants: { type: "f", on: ({ identity }) => `routine ${identity}` } },
})

/** On tables, views and sequences. */
export const extensionRelationPrivileges = defineKind<ExtensionPrivileges>({
  name: "privileges on an extension's relation",
  synthetic: true,
  query: () => `
    ${changed(2, "c", "r", "c.relacl", "c.relowner")},
      quote_ident(c.relname) as name, 'extension relation' as type, c.oid::regclass::text as identity
    from pg_class c ${members("pg_class", "c", "r", "c.relacl", "c.relowner")} and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
  dependencies: () => memberEdges("pg_class", 2),
  create: () => [],
  drop: (object) => backToInitial(`table ${object.identity}`, object),
  alter: { initial: "ignore" }, // the extension's
  facets: { grants: { type: "r", on: ({ identity }) => `table ${identity}` } },
})

function changed(place: number, row: string, type: string, acl: string, owner: string): string {
  return `select 'pg_init_privs'::regclass::oid as classid, ${row}.oid as objid, ${place} as objsubid,
    ${owner}::regrole::text as owner, ${acl}::text[] as acl,
    array(select lower(string_agg(x.privilege_type, ', ' order by x.privilege_type)) || ' to '
        || case x.grantee when 0 then 'public' else x.grantee::regrole::text end
        || case when x.is_grantable then ' with grant option' else '' end
      from aclexplode(${initial(type, owner)}) x group by x.grantee, x.is_grantable order by 1) as initial`
}

/** What the extension's own script granted is in pg_init_privs; where it granted nothing the type's defaults hold. */
function initial(type: string, owner: string): string {
  return `coalesce(i.initprivs, acldefault('${type}', ${owner}))`
}

function members(catalog: string, row: string, type: string, acl: string, owner: string): string {
  const sorted = (list: string) => `array(select g::text collate "C" from unnest(${list}) g order by 1)`
  return `
    join pg_depend e on e.classid = '${catalog}'::regclass and e.objid = ${row}.oid and e.deptype = 'e'
    left join pg_init_privs i on i.classoid = '${catalog}'::regclass and i.objoid = ${row}.oid and i.objsubid = 0
    where ${row}.oid >= 16384 and ${acl} is not null
      and ${sorted(acl)} is distinct from ${sorted(initial(type, owner))}`
}

function memberEdges(catalog: string, place: number): string {
  return `select 'pg_init_privs'::regclass as classid, e.objid, ${place} as objsubid, e.refclassid, e.refobjid, e.refobjsubid, 'owned' as type
    from pg_depend e where e.deptype = 'e' and e.classid = '${catalog}'::regclass`
}

function backToInitial(
  on: string,
  { grants = [], properties }: CatalogObject<ExtensionPrivileges>,
): string[] {
  return [
    ...grants.map(({ grantee }) => `revoke all on ${on} from ${grantee === "PUBLIC" ? "public" : grantee}`),
    ...properties.initial.map((privileges) => `grant ${privileges.replace(" to ", ` on ${on} to `)}`),
  ]
}
