import { quoteIdentifier } from "../../sql/identifier.ts"
import type { AccessPath } from "../finding.ts"
import type { Subject } from "../subject.ts"

/** CREATEROLE and CREATEDB, of any role that the session can run as: attributes are not inherited. */
export function attributes(subject: Subject): readonly AccessPath[] {
  const { access, reach, login } = subject
  const { roles, serverVersion } = access.graph
  return [...reach.identities.keys()].flatMap((oid) => {
    const role = roles.get(oid)
    if (role === undefined) return []
    const fix = (without: string) =>
      oid === login.oid ? `ALTER ROLE ${quoteIdentifier(role.name)} ${without};` : subject.cut(oid)
    const paths: AccessPath[] = []
    if (role.createRole)
      paths.push({
        id: `createrole:${role.name}`,
        chain: [
          ...subject.chainTo(oid),
          serverVersion < 160_000
            ? `${role.name} has CREATEROLE: it can grant itself every role that is not a superuser, and change passwords`
            : `${role.name} has CREATEROLE: it can make roles, and change those that it has the ADMIN OPTION of`,
        ],
        fix: fix("NOCREATEROLE"),
      })
    if (role.createDatabase)
      paths.push({
        id: `createdb:${role.name}`,
        chain: [...subject.chainTo(oid), `${role.name} has CREATEDB: it can make databases, and owns them`],
        fix: fix("NOCREATEDB"),
      })
    return paths
  })
}

/** ADMIN options: the role can be granted, to itself or to others, and taken from others. */
export function adminOptions(subject: Subject): readonly AccessPath[] {
  return subject.reach.admins.map(({ membership }) => {
    const [role, member] = [subject.nameOf(membership.role), subject.nameOf(membership.member)]
    return {
      id: `admin:${role}:${member}`,
      chain: [
        ...subject.chainTo(membership.member),
        `${member} has the ADMIN OPTION of ${role}: it can grant ${role} to itself and to others`,
      ],
      fix: subject.revokeMembership([membership], "ADMIN OPTION FOR "),
    }
  })
}
