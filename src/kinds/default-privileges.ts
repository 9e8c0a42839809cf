import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/** What is granted on objects that a role will make (ALTER DEFAULT PRIVILEGES). */
export interface DefaultPrivileges {
  readonly role: string
  /** Null: in every schema. */
  readonly schema: string | null
  /** `tables`, `sequences`, `functions`, `types`, `schemas` or, from 18, `large objects`. */
  readonly on: string
  readonly privileges: readonly Privilege[]
  /** What would be granted without it; in a schema nothing, since what is said there is added. */
  readonly usual: readonly Privilege[]
}

interface Privilege {
  /** Quoted, or `public`. */
  readonly grantee: string
  readonly privilege: string
  readonly grantable: boolean
}

type Of = CatalogObject<DefaultPrivileges>

export const defaultPrivileges = defineKind<DefaultPrivileges>({
  name: "default privileges",
  query: (scope) => `
    select 'pg_default_acl'::regclass::oid as classid, o.oid as objid, 0 as objsubid,
      o.defaclrole::regrole::text as name, 'pg_namespace'::regclass::oid as parentclass, o.defaclnamespace as parentid,
      o.defaclrole::regrole::text as role,
      case when o.defaclnamespace <> 0 then o.defaclnamespace::regnamespace::text end as schema,
      case o.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
        when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end as on,
      ${privilegesOf("o.defaclacl")} as privileges,
      case when o.defaclnamespace = 0 then
        ${privilegesOf(`acldefault(case o.defaclobjtype when 'S' then 's' else o.defaclobjtype end, o.defaclrole)`)}
        else '[]' end as usual
    from pg_default_acl o
    where ${scope.includes("pg_default_acl", "o.oid")}
      and (o.defaclnamespace = 0 or ${scope.includes("pg_namespace", "o.defaclnamespace", "o.defaclnamespace")})`,
  create: (object) => steps(object, object.properties.usual, object.properties.privileges),
  drop: (object) => steps(object, object.properties.privileges, object.properties.usual),
  alter: {
    role: "recreate",
    schema: "recreate",
    on: "recreate",
    privileges: (before, after) => steps(after, before.properties.privileges, after.properties.privileges),
    usual: "ignore", // follows from the others
  },
})

function privilegesOf(acl: string): string {
  return `(select coalesce(jsonb_agg(jsonb_build_object('privilege', lower(e.privilege_type), 'grantable', e.is_grantable,
      'grantee', case e.grantee when 0 then 'public' else e.grantee::regrole::text end)
      order by e.grantee::regrole::text collate "C", e.privilege_type collate "C"), '[]') from aclexplode(${acl}) e)`
}

function steps(
  { properties: { role, schema, on } }: Of,
  from: readonly Privilege[],
  to: readonly Privilege[],
) {
  const target = `alter default privileges for role ${role}${schema === null ? "" : ` in schema ${schema}`}`
  const gone = from.filter((old) => !to.some((each) => same(old, each)))
  const noOption = from.filter(
    (old) => old.grantable && to.some((each) => same(old, each) && !each.grantable),
  )
  const granted = to.filter((each) => !from.some((old) => same(old, each) && old.grantable >= each.grantable))
  return [
    ...byGrantee(gone).map(([grantee, list]) => `${target} revoke ${list} on ${on} from ${grantee}`),
    ...byGrantee(noOption).map(
      ([grantee, list]) => `${target} revoke grant option for ${list} on ${on} from ${grantee}`,
    ),
    ...byGrantee(granted.filter(({ grantable }) => !grantable)).map(
      ([grantee, list]) => `${target} grant ${list} on ${on} to ${grantee}`,
    ),
    ...byGrantee(granted.filter(({ grantable }) => grantable)).map(
      ([grantee, list]) => `${target} grant ${list} on ${on} to ${grantee} with grant option`,
    ),
  ]
}

function same(a: Privilege, b: Privilege): boolean {
  return a.grantee === b.grantee && a.privilege === b.privilege
}

/** Returns for each grantee its privileges as a list of SQL. */
function byGrantee(privileges: readonly Privilege[]): [string, string][] {
  const lists = new Map<string, string[]>()
  for (const { grantee, privilege } of privileges) {
    lists.set(grantee, [...(lists.get(grantee) ?? []), privilege])
  }
  return [...lists].map(([grantee, list]) => [grantee, list.join(", ")])
}
