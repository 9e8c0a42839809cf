import type { Connection } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import type { Access } from "./access.ts"
import { loadBodyParser, type Parser } from "./body/tree.ts"
import { adminOptions, attributes } from "./checks/attributes.ts"
import { catalogWrites, historyWrites } from "./checks/catalogs.ts"
import { defaultPrivileges } from "./checks/default-privileges.ts"
import { definers } from "./checks/definers.ts"
import { excess } from "./checks/excess.ts"
import { grants } from "./checks/grants.ts"
import { ownership } from "./checks/ownership.ts"
import { predefinedRoles } from "./checks/predefined.ts"
import { storedText } from "./checks/stored-text.ts"
import { superusers } from "./checks/superusers.ts"
import { untrustedCode } from "./checks/untrusted-code.ts"
import type { AccessPath, RoleAudit } from "./finding.ts"
import { readAccess } from "./read-access.ts"
import { readRoles } from "./read-roles.ts"
import { type Role, type RoleGraph, reach } from "./role-graph.ts"
import { Subject } from "./subject.ts"
import { unseen } from "./unseen.ts"
import { writableBy } from "./writable.ts"

export interface AuditRequest {
  /** Chooses the roles once they are known. */
  readonly choose: (graph: RoleGraph, reader: string) => readonly string[]
  /** The schema of Lockstep's own tables. */
  readonly historySchema: string
  /** Reasons by the ids of paths that are known and accepted. */
  readonly accept: Readonly<Record<string, string>>
  /** Who should own what the audited roles must not own. Default: the database's owner. */
  readonly owner?: string
}

/**
 * Audits roles over an open connection, in one snapshot. Reads catalogs only.
 *
 * @throws ToolError `no-such-role`
 */
export async function audit(connection: Connection, request: AuditRequest): Promise<readonly RoleAudit[]> {
  await connection.run(
    "begin isolation level repeatable read read only;\nset local search_path to pg_catalog;\nset local statement_timeout = 0",
  )
  try {
    return await auditSnapshot(connection, request)
  } finally {
    if (connection.open) await connection.run("rollback").catch(() => undefined)
  }
}

/** Audits within the open transaction, whose search path is `pg_catalog`. */
export async function auditSnapshot(
  connection: Connection,
  request: AuditRequest,
): Promise<readonly RoleAudit[]> {
  const graph = await readRoles(connection)
  const [session] = await connection.query<{ name: string }>("select session_user::text as name")
  const logins = request.choose(graph, session?.name ?? "").map((name) => roleNamed(graph, name))
  const reaches = logins.map((login) => reach(graph, login))
  const holders = new Set(reaches.flatMap(({ holdings }) => [...holdings.keys()]))
  const access = await readAccess(connection, graph, [...holders])
  const parser = await loadBodyParser()
  return reaches.map((each) =>
    auditSubject(new Subject(access, each, request.owner), access, parser, request),
  )
}

function roleNamed(graph: RoleGraph, name: string): Role {
  const roles = [...graph.roles.values()]
  const role = roles.find((each) => each.name === name)
  if (role !== undefined) return role
  throw new ToolError("no-such-role", `there is no role "${name}" on this server`, {
    subject: name,
    hint: didYouMean(
      name,
      roles.map((each) => each.name),
    ),
  })
}

function auditSubject(
  subject: Subject,
  access: Access,
  parser: Parser,
  { historySchema, accept }: AuditRequest,
): RoleAudit {
  const all = subject.login.superuser ? superusers(subject) : pathsOf(subject, parser, historySchema)
  const paths = unique(all)
  return {
    role: subject.login.name,
    paths: paths.filter(({ id }) => accept[id] === undefined),
    excess: subject.login.superuser ? [] : unique(excess(subject)),
    unseen: unseen(subject, access),
    accepted: paths.flatMap((path) => {
      const because = accept[path.id]
      return because === undefined ? [] : [{ ...path, because }]
    }),
  }
}

function pathsOf(subject: Subject, parser: Parser, historySchema: string): readonly AccessPath[] {
  const writable = writableBy(subject, parser, historySchema)
  return [
    ...superusers(subject),
    ...attributes(subject),
    ...adminOptions(subject),
    ...ownership(subject),
    ...predefinedRoles(subject),
    ...grants(subject),
    ...catalogWrites(subject, writable),
    ...historyWrites(subject, writable, historySchema),
    ...untrustedCode(subject),
    ...definers(subject, writable, parser),
    ...storedText(subject, parser),
    ...defaultPrivileges(subject),
  ]
}

/** The same thing may be reached by several ways: the first is told, and all are closed. */
function unique<Item extends { readonly id: string; readonly fix: string }>(
  items: readonly Item[],
): readonly Item[] {
  const byId = new Map<string, Item>()
  for (const item of items) {
    const known = byId.get(item.id)
    const fix =
      known === undefined ? item.fix : known.fix.includes(item.fix) ? known.fix : `${known.fix}\n${item.fix}`
    byId.set(item.id, { ...(known ?? item), fix })
  }
  return [...byId.values()]
}
