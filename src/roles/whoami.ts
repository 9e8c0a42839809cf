import type { Connection } from "../db/connection.ts"
import { readRoles } from "./read-roles.ts"
import { type Hop, type RoleGraph, reach, type Way } from "./role-graph.ts"

/** Who a connection is, and what it could be. */
export interface Identity {
  readonly database: string
  /** Who logged in. */
  readonly user: string
  /** Whom statements run as; another one where a setting or a pooler has changed the role. */
  readonly role: string
  readonly superuser: boolean
  /** CREATEROLE and the like. */
  readonly attributes: readonly string[]
  /** Roles that it may SET ROLE to, or grant itself first. */
  readonly becomes: readonly ReachedRole[]
  /** Further roles whose rights it has without becoming them. */
  readonly holds: readonly ReachedRole[]
}

export interface ReachedRole {
  readonly role: string
  /** The memberships that lead there, in order. */
  readonly through: readonly string[]
}

/** Asks who the connection is, and what that role may become, and through what. */
export async function readIdentity(connection: Connection): Promise<Identity> {
  const graph = await readRoles(connection)
  const [row] = await connection.query<{ database: string; user: string; role: string }>(
    "select pg_catalog.current_database() as database, session_user::text as user, current_user::text as role",
  )
  const self = [...graph.roles.values()].find(({ name }) => name === row?.user)
  if (row === undefined || self === undefined) throw new Error("the server does not know its own user")
  const { identities, holdings } = reach(graph, self)
  const others = (ways: ReadonlyMap<number, Way>) =>
    [...ways]
      .filter(([role]) => role !== self.oid)
      .map(([role, way]) => ({ role: nameOf(graph, role), through: way.map((hop) => sayHop(graph, hop)) }))
  const attributes = [
    ["CREATEROLE", self.createRole],
    ["CREATEDB", self.createDatabase],
    ["REPLICATION", self.replication],
    ["BYPASSRLS", self.bypassRls],
  ] as const
  return {
    ...row,
    superuser: self.superuser,
    attributes: attributes.filter(([, has]) => has).map(([name]) => name),
    becomes: others(identities),
    holds: others(new Map([...holdings].filter(([role]) => !identities.has(role)))),
  }
}

function nameOf({ roles }: RoleGraph, role: number): string {
  return roles.get(role)?.name ?? `role ${role}`
}

const does = { set: "SET ROLE", inherit: "inherits", admin: "ADMIN OPTION" } as const

function sayHop(graph: RoleGraph, { from, to, how }: Hop): string {
  return `${nameOf(graph, from)} -> ${nameOf(graph, to)} (${does[how]})`
}
