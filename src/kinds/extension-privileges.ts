import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/**
 * Privileges that somebody changed on what an extension brought. Everything else about it is the extension's, also
 * what depends on it; so the address is not the member's own.
 */
type ExtensionPrivileges = Record<never, never>

/** On functions and procedures. */
export const extensionFunctionPrivileges = defineKind<ExtensionPrivileges>({
  name: "privileges on an extension's function",
  synthetic: true,
  query: () => `
    ${changed(1, "p", "p.proacl", "p.proowner")},
      quote_ident(p.proname) as name, 'extension function' as type, p.oid::regprocedure::text as identity
    from pg_proc p ${members("pg_proc", "p", "p.proacl")}`,
  dependencies: () => memberEdges("pg_proc", 1),
  create: () => [],
  drop: ({ identity, owner, grants }) => [
    ...revocations(`routine ${identity}`, grants),
    `grant execute on routine ${identity} to ${owner}, public`,
  ],
  alter: {},
  facets: { grants: { type: "f", on: ({ identity }) => `routine ${identity}` } },
})

/** On tables, views and sequences. */
export const extensionRelationPrivileges = defineKind<ExtensionPrivileges>({
  name: "privileges on an extension's relation",
  synthetic: true,
  query: () => `
    ${changed(2, "c", "c.relacl", "c.relowner")},
      quote_ident(c.relname) as name, 'extension relation' as type, c.oid::regclass::text as identity
    from pg_class c ${members("pg_class", "c", "c.relacl")} and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
  dependencies: () => memberEdges("pg_class", 2),
  create: () => [],
  drop: ({ identity, owner, grants }) => [
    ...revocations(`table ${identity}`, grants),
    `grant all on table ${identity} to ${owner}`,
  ],
  alter: {},
  facets: { grants: { type: "r", on: ({ identity }) => `table ${identity}` } },
})

function changed(place: number, row: string, acl: string, owner: string): string {
  return `select 'pg_init_privs'::regclass::oid as classid, ${row}.oid as objid, ${place} as objsubid,
    ${owner}::regrole::text as owner, ${acl}::text[] as acl`
}

/** What the extension's own script granted is in pg_init_privs. */
function members(catalog: string, row: string, acl: string): string {
  return `
    join pg_depend e on e.classid = '${catalog}'::regclass and e.objid = ${row}.oid and e.deptype = 'e'
    left join pg_init_privs i on i.classoid = '${catalog}'::regclass and i.objoid = ${row}.oid and i.objsubid = 0
    where ${acl} is distinct from i.initprivs and ${acl} is not null and ${row}.oid >= 16384`
}

function memberEdges(catalog: string, place: number): string {
  return `select 'pg_init_privs'::regclass as classid, e.objid, ${place} as objsubid, e.refclassid, e.refobjid, e.refobjsubid, 'owned' as type
    from pg_depend e where e.deptype = 'e' and e.classid = '${catalog}'::regclass`
}

function revocations(on: string, grants: CatalogObject["grants"] = []): string[] {
  return grants.map(({ grantee }) => `revoke all on ${on} from ${grantee === "PUBLIC" ? "public" : grantee}`)
}
