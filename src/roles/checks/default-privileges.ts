import { quoteIdentifier } from "../../sql/identifier.ts"
import type { DefaultGrant } from "../access.ts"
import type { AccessPath } from "../finding.ts"
import { inheritedBy } from "../role-graph.ts"
import type { Subject } from "../subject.ts"

/** Paths that open with the next object: what default privileges will grant, of roles that can make objects here. */
export function defaultPrivileges(subject: Subject): readonly AccessPath[] {
  return subject.access.defaults.flatMap((grant) => {
    const does = powerOf(grant)
    const isReachable =
      subject.uses(grant.grantee) &&
      !subject.holds(grant.creator) &&
      subject.sees(grant.schema) &&
      canCreate(subject, grant)
    return does === undefined || !isReachable ? [] : [path(subject, grant, does)]
  })
}

function powerOf({ objects, privilege, grantable }: DefaultGrant): string | undefined {
  if (grantable) return `will have ${privilege} WITH GRANT OPTION`
  if (objects === "TABLES" && (privilege === "TRIGGER" || privilege === "MAINTAIN"))
    return `will have ${privilege}`
  return objects === "SCHEMAS" && privilege === "CREATE" ? "will have CREATE" : undefined
}

/**
 * Tells whether the role whose default privileges they are can make such objects in this database as itself: what it
 * makes as another role is not its own.
 */
function canCreate({ access }: Subject, { creator, schema, objects }: DefaultGrant): boolean {
  const role = access.graph.roles.get(creator)
  if (role === undefined) return false
  const held = inheritedBy(access.graph, role)
  const holds = (oid: number) => oid === 0 || held.has(oid)
  if (role.superuser) return true
  const has = (kind: "schema" | "database", oid?: number) =>
    access.creators.some(
      (each) => each.kind === kind && (oid === undefined || each.oid === oid) && each.roles.some(holds),
    )
  if (objects === "SCHEMAS") return has("database", access.database.oid)
  return (
    has("schema", schema === 0 ? undefined : schema) || (schema === 0 && has("database", access.database.oid))
  )
}

function path(subject: Subject, grant: DefaultGrant, does: string): AccessPath {
  const { creator, schema, objects, privilege, grantee, grantable } = grant
  const creatorName = subject.nameOf(creator)
  const schemaName = subject.access.schemas.get(schema)?.name
  const where = schemaName === undefined ? "" : ` in schema ${schemaName}`
  const inSchema = schemaName === undefined ? "" : ` IN SCHEMA ${quoteIdentifier(schemaName)}`
  const option = grantable ? "GRANT OPTION FOR " : ""
  return {
    id: `default:${creatorName}:${privilege.toLowerCase()}:${objects.toLowerCase()}${where}`,
    chain: [
      ...subject.chainTo(grantee),
      `default privileges of ${creatorName}: ${subject.nameOf(grantee)} ${does} on ${objects.toLowerCase()} that ${creatorName} makes${where}`,
    ],
    fix: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdentifier(creatorName)}${inSchema} REVOKE ${option}${privilege} ON ${objects} FROM ${subject.granteeSql(grantee)};`,
  }
}
