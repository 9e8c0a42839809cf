import { quoteIdentifier } from "../../sql/identifier.ts"
import type { AccessPath } from "../finding.ts"
import type { Subject } from "../subject.ts"

/** The role that initdb made owns the server's own objects, without an entry that says so. */
const bootstrap = 10

/**
 * SUPERUSER of the role itself or of one that it can become: then nothing else matters. The attribute is not inherited;
 * what a superuser owns is.
 */
export function superusers(subject: Subject): readonly AccessPath[] {
  const { login, reach, access } = subject
  if (login.superuser)
    return [
      {
        id: "superuser",
        chain: [`${login.name} is a superuser: no privilege is asked for`],
        fix: `ALTER ROLE ${quoteIdentifier(login.name)} NOSUPERUSER;`,
      },
    ]
  return [...reach.holdings.keys()]
    .map((oid) => access.graph.roles.get(oid))
    .filter((role) => role?.superuser === true && (reach.identities.has(role.oid) || role.oid === bootstrap))
    .map((role) => ({
      id: `member:${role?.name}`,
      chain: [...subject.chainTo(role?.oid ?? 0), `${role?.name} is a superuser`],
      fix: subject.cut(role?.oid ?? 0),
    }))
}
