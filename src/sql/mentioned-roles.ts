import type { Node } from "libpg-query"

/** Returns the names of the roles that statements grant to, make owners or otherwise name, without those they make. */
export function mentionedRoles(nodes: readonly (Node | undefined)[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const node of nodes) {
    if (node === undefined) continue
    collect(node, names)
    const role = roleBecome(node)
    if (role !== undefined) names.add(role)
  }
  for (const node of nodes) {
    if (node !== undefined && "CreateRoleStmt" in node) names.delete(node.CreateRoleStmt.role ?? "")
  }
  return names
}

/** Returns the role of `SET ROLE` and `SET SESSION AUTHORIZATION`; undefined of any other statement. */
export function roleBecome(node: Node | undefined): string | undefined {
  if (node === undefined || !("VariableSetStmt" in node)) return undefined
  const { name, args = [] } = node.VariableSetStmt
  const [value] = args
  if (name !== "role" && name !== "session_authorization") return undefined
  const role = value !== undefined && "A_Const" in value ? value.A_Const.sval?.sval : undefined
  return role === "none" ? undefined : role
}

function collect(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const each of value) collect(each, into)
  else if (typeof value === "object" && value !== null) {
    const { roletype, rolename } = value as { roletype?: string; rolename?: string }
    if (roletype === "ROLESPEC_CSTRING" && rolename !== undefined) into.add(rolename)
    for (const inner of Object.values(value)) if (typeof inner === "object") collect(inner, into)
  }
}
