/** One role of the server. */
export interface Role {
  readonly oid: number
  readonly name: string
  readonly superuser: boolean
  /** INHERIT; since 16 only the default of new memberships. */
  readonly inherit: boolean
  readonly createRole: boolean
  readonly createDatabase: boolean
  readonly login: boolean
  readonly replication: boolean
  readonly bypassRls: boolean
}

/** One row of pg_auth_members: `member` was granted `role`. */
export interface Membership {
  readonly role: number
  readonly member: number
  readonly grantor: number
  readonly admin: boolean
  /** Whether the member holds the role's privileges without SET ROLE. Before 16 the member's INHERIT says it. */
  readonly inherit: boolean
  /** Whether the member may SET ROLE to it. Before 16 always. */
  readonly set: boolean
}

/** All roles and memberships of a server. */
export interface RoleGraph {
  /** As in `server_version_num`. */
  readonly serverVersion: number
  readonly roles: ReadonlyMap<number, Role>
  readonly memberships: readonly Membership[]
}

/** One membership on the way from one role to another, and what it is used for. */
export interface Hop {
  readonly from: number
  readonly to: number
  readonly how: "set" | "inherit" | "admin"
  /** All grants of `to` to `from`: there may be several, by different grantors. */
  readonly grants: readonly Membership[]
}

/** How a role is reached; empty for the one that the way begins at. */
export type Way = readonly Hop[]

/** What one login can be and hold. */
export interface Reach {
  readonly login: Role
  /** Roles that its session can run as: itself, by SET ROLE, and whatever it can grant itself first. */
  readonly identities: ReadonlyMap<number, Way>
  /** Roles whose privileges it can use: the identities, and what they inherit. */
  readonly holdings: ReadonlyMap<number, Way>
  /** ADMIN options that it can use, with the way to whoever holds them. */
  readonly admins: readonly { readonly membership: Membership; readonly way: Way }[]
}

/**
 * Finds all that `login` can become and hold.
 *
 * SET ROLE asks whether the session's user is a member by a chain of SET options, however the session has changed its
 * role since; privileges flow along INHERIT options from whatever role the session runs as. ADMIN options of any role
 * held let the session grant that role to itself, and so the search begins again until nothing is new.
 *
 * @see PostgreSQL source, src/backend/utils/adt/acl.c, roles_is_member_of() and is_admin_of_role()
 */
export function reach(graph: RoleGraph, login: Role): Reach {
  const identities = new Map<number, Way>([[login.oid, []]])
  const holdings = new Map<number, Way>()
  const byMember = membershipsByMember(graph)
  for (;;) {
    follow(identities, identities, byMember, "set")
    follow(identities, holdings, byMember, "inherit")
    if (!grantOneself(graph, identities, holdings)) break
  }
  const admins = usableAdmins(graph, identities, holdings)
  return { login, identities, holdings, admins }
}

/** Returns the roles whose rights `role` has without becoming any: itself, and what it inherits. */
export function inheritedBy(graph: RoleGraph, role: Role): ReadonlySet<number> {
  const found = new Map<number, Way>()
  follow(new Map([[role.oid, []]]), found, membershipsByMember(graph), "inherit")
  return new Set(found.keys())
}

type ByMember = ReadonlyMap<number, readonly Membership[]>

function membershipsByMember({ memberships }: RoleGraph): ByMember {
  const byMember = new Map<number, Membership[]>()
  for (const membership of memberships) {
    const own = byMember.get(membership.member)
    if (own === undefined) byMember.set(membership.member, [membership])
    else own.push(membership)
  }
  return byMember
}

/** Goes from every role of `starts` along memberships of one kind, breadth first, so that ways are short. */
function follow(
  starts: ReadonlyMap<number, Way>,
  found: Map<number, Way>,
  byMember: ByMember,
  how: "set" | "inherit",
): void {
  const queue = [...starts].map(([role, way]) => ({ role, way }))
  for (const { role, way } of queue) if (!found.has(role)) found.set(role, way)
  for (const { role, way } of queue) {
    const own = byMember.get(role) ?? []
    for (const membership of own) {
      if (!membership[how] || found.has(membership.role)) continue
      const hop: Hop = { from: role, to: membership.role, how, grants: grantsOf(own, membership.role) }
      found.set(membership.role, [...way, hop])
      queue.push({ role: membership.role, way: [...way, hop] })
    }
  }
}

function grantsOf(own: readonly Membership[], role: number): readonly Membership[] {
  return own.filter((membership) => membership.role === role)
}

function usableAdmins(
  { memberships, roles, serverVersion }: RoleGraph,
  identities: ReadonlyMap<number, Way>,
  holdings: ReadonlyMap<number, Way>,
): Reach["admins"] {
  const usable = serverVersion >= 160_000 ? holdings : identities
  return memberships.flatMap((membership) => {
    const way = usable.get(membership.member)
    // Nobody but a superuser grants a superuser's role.
    if (!membership.admin || way === undefined || roles.get(membership.role)?.superuser) return []
    return [{ membership, way }]
  })
}

/** Adds the roles that the session can grant to itself; tells whether there were any. */
function grantOneself(
  graph: RoleGraph,
  identities: Map<number, Way>,
  holdings: ReadonlyMap<number, Way>,
): boolean {
  const before = identities.size
  for (const { membership, way } of usableAdmins(graph, identities, holdings)) {
    const { role, member } = membership
    if (identities.has(role)) continue
    identities.set(role, [...way, { from: member, to: role, how: "admin", grants: [membership] }])
  }
  return identities.size > before
}
