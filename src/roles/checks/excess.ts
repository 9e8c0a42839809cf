import { quoteIdentifier } from "../../sql/identifier.ts"
import type { Grant } from "../access.ts"
import type { Excess } from "../finding.ts"
import { objectText, type Subject } from "../subject.ts"

/** Predefined roles that go beyond reading and writing, but change no schema and no rights. */
const roles: Readonly<Record<string, string>> = {
  pg_read_server_files: "reads any file of the server",
  pg_read_all_data: "reads every table, the catalog of password hashes included",
  pg_write_all_data:
    "writes to every table, and through the view pg_group renames and removes roles that cannot log in",
  pg_checkpoint: "can have the server write a checkpoint",
  pg_signal_backend: "can end the sessions of others",
  pg_signal_autovacuum_worker: "can stop autovacuum",
  pg_create_subscription: "could make subscriptions, if it might create in the database",
  pg_use_reserved_connections: "can use the connections that are kept for operators",
}

const filesReading = new Set([
  "pg_read_file",
  "pg_read_binary_file",
  "pg_ls_dir",
  "pg_stat_file",
  "lo_import",
])

/** What the role has beyond reading and writing that is no path by itself. */
export function excess(subject: Subject): readonly Excess[] {
  return [
    ...attributes(subject),
    ...predefined(subject),
    ...subject.allGrants.flatMap((grant) => (subject.uses(grant.grantee) ? ofGrant(subject, grant) : [])),
    ...routines(subject),
  ]
}

function attributes(subject: Subject): readonly Excess[] {
  return [...subject.reach.identities.keys()].flatMap((oid) => {
    const role = subject.access.graph.roles.get(oid)
    if (role === undefined || role.superuser) return []
    const fix = (without: string) => `ALTER ROLE ${quoteIdentifier(role.name)} ${without};`
    const found: Excess[] = []
    if (role.bypassRls)
      found.push({
        id: `bypassrls:${role.name}`,
        message: `${role.name} has BYPASSRLS: row security does not hold for it`,
        fix: fix("NOBYPASSRLS"),
      })
    if (role.replication)
      found.push({
        id: `replication:${role.name}`,
        message: `${role.name} has REPLICATION: it can copy the whole server`,
        fix: fix("NOREPLICATION"),
      })
    return found
  })
}

function predefined(subject: Subject): readonly Excess[] {
  return Object.entries(roles).flatMap(([name, does]) => {
    const role = subject.namedHolding(name)
    if (role === undefined || subject.isCutOff(role.oid)) return []
    return [
      {
        id: `member:${name}`,
        message: [...subject.chainTo(role.oid), `${name} ${does}`].join("; "),
        fix: subject.cut(role.oid),
      },
    ]
  })
}

function ofGrant(subject: Subject, grant: Grant): readonly Excess[] {
  const says = excessOf(subject, grant)
  if (says === undefined) return []
  return [
    {
      id: `${grant.privilege.toLowerCase()}:${objectText(grant)}`,
      message: `${subject.nameOf(grant.grantee)} has ${grant.privilege} on ${objectText(grant)}: ${says}`,
      fix: subject.revoke(grant),
    },
  ]
}

function excessOf({ access }: Subject, grant: Grant): string | undefined {
  const { kind, privilege, oid, name } = grant
  if (kind === "database" && privilege === "TEMPORARY" && oid === access.database.oid)
    return "temporary objects take part in how functions of others look up names"
  if (kind === "table" && privilege === "TRUNCATE")
    return "it can empty the table at once, without its row triggers"
  if ((kind === "table" || kind === "column") && privilege === "REFERENCES")
    return "foreign keys to it could be made where tables can be made"
  if (kind === "tablespace") return "tables could be put there where tables can be made"
  if (kind === "parameter" && privilege === "SET" && name === "session_replication_role")
    return "it can switch off triggers and foreign keys"
  if (kind === "parameter" && privilege === "SET") return "it can set what only superusers set"
  return undefined
}

function routines(subject: Subject): readonly Excess[] {
  return [...subject.access.routines.values()].flatMap((routine) => {
    const isFile = filesReading.has(routine.proname) && routine.oid < 16_384
    const isLink = /^dblink(_exec|_connect)?$/.test(routine.proname) && routine.language === "c"
    const grantees = routine.executors.filter((role) => subject.uses(role))
    if ((!isFile && !isLink) || grantees.length === 0 || !subject.sees(routine.schema)) return []
    const to = grantees.map((each) => subject.granteeSql(each)).join(", ")
    return [
      {
        id: `execute:${routine.name}`,
        message: `${to} may execute ${routine.name}: ${isFile ? "it reads the server's files" : "it connects elsewhere, with a password of one's own"}`,
        fix: `REVOKE EXECUTE ON ROUTINE ${routine.name} FROM ${to};`,
      },
    ]
  })
}
