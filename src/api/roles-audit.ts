import { audit } from "../roles/audit.ts"
import type { RoleAudit } from "../roles/finding.ts"
import type { Role, RoleGraph } from "../roles/role-graph.ts"
import { openDatabase } from "./open-database.ts"
import type { TargetOptions } from "./options.ts"

export type { AcceptedPath, AccessPath, Excess, RoleAudit } from "../roles/finding.ts"

export interface AuditRolesOptions extends TargetOptions {
  /** The role to audit. Its audit is then the whole result. */
  readonly role?: string
  /** The roles to audit, where there are several. */
  readonly roles?: readonly string[]
  /** Reasons by the ids of paths that are known and accepted. */
  readonly accept?: Readonly<Record<string, string>>
}

/** What the audit says of several roles. */
export interface RoleAudits {
  readonly roles: readonly RoleAudit[]
}

/**
 * Finds every path by which a role that should read and write could alter the schema, become another role, or widen
 * its rights. Reads catalogs only, and needs no right beyond CONNECT.
 *
 * Where no role is named, and the connecting role is no administrator, that role is audited; for an administrator every
 * role that may log in is, superusers aside.
 *
 * @throws ToolError `no-such-role`, `cannot-connect`
 */
export async function auditRoles(options: AuditRolesOptions): Promise<RoleAudit | RoleAudits> {
  const { role, roles, historySchema = "lockstep", accept = {} } = options
  const connection = await openDatabase(options, "roles audit")
  let isOne = role !== undefined
  try {
    const choose = (graph: RoleGraph, reader: string) => {
      if (role !== undefined) return [role]
      if (roles !== undefined) return roles
      const chosen = rolesFor(graph, reader)
      isOne = chosen.length === 1 && chosen[0] === reader
      return chosen
    }
    const audits = await audit(connection, { choose, historySchema, accept })
    const [only] = audits
    return isOne && only !== undefined ? only : { roles: audits }
  } finally {
    await connection.close()
  }
}

/** An ordinary role asks about itself, an administrator about those who log in. */
function rolesFor({ roles }: RoleGraph, reader: string): readonly string[] {
  const self = [...roles.values()].find(({ name }) => name === reader)
  if (self === undefined || !isAdministrator(self)) return [reader]
  const logins = [...roles.values()].filter(
    ({ name, login, superuser }) => login && !superuser && name !== reader,
  )
  return logins.length === 0 ? [reader] : logins.map(({ name }) => name)
}

function isAdministrator({ superuser, createRole }: Role): boolean {
  return superuser || createRole
}
