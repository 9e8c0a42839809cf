import type { AccessPath } from "../finding.ts"
import type { Subject } from "../subject.ts"

/** What predefined roles can be used for that goes beyond reading and writing. */
const powers: Readonly<Record<string, string>> = {
  pg_execute_server_program: "runs programs as the server's own user (COPY ... TO PROGRAM)",
  pg_write_server_files: "writes any file of the server, its configuration included (COPY ... TO)",
  pg_maintain: "rewrites and reindexes every table (CLUSTER, REINDEX, VACUUM FULL)",
}

/** Membership in the server's own roles. */
export function predefinedRoles(subject: Subject): readonly AccessPath[] {
  const found = Object.entries(powers).flatMap(([name, does]) => {
    const role = subject.namedHolding(name)
    return role === undefined ? [] : [path(subject, role.oid, name, does)]
  })
  const subscriber = subject.namedHolding("pg_create_subscription")
  const creates = subject
    .grants("database")
    .some(({ oid, privilege }) => oid === subject.access.database.oid && privilege === "CREATE")
  if (subscriber === undefined || !creates) return found
  const does = "makes subscriptions, as the role may create in this database"
  return [...found, path(subject, subscriber.oid, subscriber.name, does)]
}

function path(subject: Subject, oid: number, name: string, does: string): AccessPath {
  return {
    id: `member:${name}`,
    chain: [...subject.chainTo(oid), `${name} ${does}`],
    fix: subject.cut(oid),
  }
}
