import type { Connection } from "../db/connection.ts"
import type { Membership, Role, RoleGraph } from "./role-graph.ts"

/** Reads all roles and memberships; everybody may. */
export async function readRoles(connection: Connection): Promise<RoleGraph> {
  const roles = await connection.query<Role>(
    `select oid, rolname as name, rolsuper as superuser, rolinherit as inherit, rolcreaterole as "createRole",
            rolcreatedb as "createDatabase", rolcanlogin as login, rolreplication as replication,
            rolbypassrls as "bypassRls"
       from pg_catalog.pg_roles
      order by rolname`,
  )
  const perGrant = connection.serverVersion >= 160_000
  const memberships = await connection.query<Membership>(
    `select m.roleid as role, m.member, m.grantor, m.admin_option as admin,
            ${perGrant ? "m.inherit_option" : "r.rolinherit"} as inherit,
            ${perGrant ? "m.set_option" : "true"} as set
       from pg_catalog.pg_auth_members m
       join pg_catalog.pg_roles r on r.oid = m.member
       join pg_catalog.pg_roles g on g.oid = m.roleid
      order by g.rolname, r.rolname, m.grantor`,
  )
  return {
    serverVersion: connection.serverVersion,
    roles: new Map(roles.map((role) => [role.oid, role])),
    memberships,
  }
}
