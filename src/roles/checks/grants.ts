import type { Grant } from "../access.ts"
import type { AccessPath } from "../finding.ts"
import { objectText, type Subject } from "../subject.ts"

/** System catalogs proper; views and the information schema have higher numbers. */
const firstUnpinned = 12_000

/** Privileges that let their holder change more than rows. */
export function grants(subject: Subject): readonly AccessPath[] {
  return subject.allGrants
    .filter(({ grantee }) => subject.uses(grantee))
    .flatMap((grant) => {
      const does = powerOf(subject, grant)
      return [
        ...(does === undefined ? [] : [path(subject, grant, does)]),
        ...(grant.grantable && subject.sees(grant.schema) ? [grantOption(subject, grant)] : []),
      ]
    })
}

function powerOf(subject: Subject, grant: Grant): string | undefined {
  const { kind, privilege, name } = grant
  switch (kind) {
    case "schema":
      return privilege === "CREATE" ? `can create tables, functions and types in schema ${name}` : undefined
    case "database":
      return privilege === "CREATE" ? databasePower(subject, grant) : undefined
    case "table":
      return tablePower(subject, grant)
    case "foreign data wrapper":
      return `can make foreign servers with ${name} (CREATE SERVER)`
    case "foreign server":
      return `can make user mappings for server ${name} (CREATE USER MAPPING), and connect with those that are there`
    case "parameter":
      return parameterPower(grant)
    case "language":
      return subject.access.falselyTrusted.includes(name) && subject.temporary
        ? `can write functions in language ${name}, which reaches the server's machine, as temporary ones`
        : undefined
    default:
      return undefined
  }
}

function databasePower({ access }: Subject, { oid, name }: Grant): string {
  if (oid === access.database.oid) return `can create schemas and trusted extensions in database ${name}`
  return `can create schemas in database ${name}`
}

function tablePower(subject: Subject, { privilege, oid, schema, name }: Grant): string | undefined {
  const relation = subject.access.relations.get(oid)
  if (relation === undefined || !subject.sees(schema)) return undefined
  if (privilege === "TRIGGER" && oid >= firstUnpinned && "rpvf".includes(relation.kind))
    return `can make triggers on ${name}, which run as whoever writes there next`
  if (privilege === "MAINTAIN" && "rpm".includes(relation.kind))
    return `can rewrite, reindex and lock ${name} (CLUSTER, REINDEX, VACUUM FULL, LOCK TABLE)`
  return undefined
}

/** Parameters that name code which the server loads. */
const loading = /^(session_preload_libraries|local_preload_libraries|dynamic_library_path|jit_provider)$/

function parameterPower({ privilege, name }: Grant): string | undefined {
  if (privilege === "ALTER SYSTEM") return `can change ${name} for the whole server (ALTER SYSTEM)`
  return loading.test(name) ? `can have the server load a library of its choice (SET ${name})` : undefined
}

function path(subject: Subject, grant: Grant, does: string): AccessPath {
  const who = subject.nameOf(grant.grantee)
  return {
    id: `${grant.privilege.toLowerCase().replaceAll(" ", "-")}:${objectText(grant)}`,
    chain: [
      ...subject.chainTo(grant.grantee),
      `${who} has ${grant.privilege} on ${objectText(grant)} (granted by ${subject.nameOf(grant.grantor)})`,
      `${subject.login.name} ${does}`,
    ],
    fix: subject.revoke(grant),
  }
}

function grantOption(subject: Subject, grant: Grant): AccessPath {
  const who = subject.nameOf(grant.grantee)
  return {
    id: `grant-option:${grant.privilege.toLowerCase()}:${objectText(grant)}`,
    chain: [
      ...subject.chainTo(grant.grantee),
      `${who} has ${grant.privilege} on ${objectText(grant)} WITH GRANT OPTION: it can hand it on to anybody`,
    ],
    fix: subject.revoke(grant, { onlyOption: true }),
  }
}
