import type { AccessPath } from "../finding.ts"
import { everybody, type Subject } from "../subject.ts"

/** Functions of the server whose right to execute is as good as its files, by what pg_proc calls them. */
const serverFunctions: Readonly<Record<string, string>> = {
  lo_export: "writes any file of the server",
  pg_file_write: "writes any file of the server",
  pg_file_rename: "renames any file of the server",
  pg_file_unlink: "removes any file of the server",
  dblink_connect_u: "connects as anybody whom the server lets in without a password",
}

/** The same functions by their C names: a copy of one has rights of its own. */
const serverSources = new Set([
  "be_lo_export",
  "pg_file_write",
  "pg_file_write_v1_1",
  "pg_file_rename",
  "pg_file_rename_v1_1",
  "pg_file_unlink",
  "pg_file_unlink_v1_1",
])

const reachesOut = /\b(system|exec|popen|subprocess|open|unlink|qx|os\.|child_process|file)\b|`/

/** Functions that reach the server's machine, and that the role may call. */
export function untrustedCode(subject: Subject): readonly AccessPath[] {
  return [...subject.access.routines.values()].flatMap((routine) => {
    const grantees = routine.executors.filter((role) => subject.uses(role))
    const [grantee] = grantees
    if (grantee === undefined || !subject.sees(routine.schema) || subject.holds(routine.owner)) return []
    const isNative = routine.language === "c" || routine.language === "internal"
    const does =
      isNative && (serverSources.has(routine.source) || routine.proname === "dblink_connect_u")
        ? (serverFunctions[routine.proname] ?? `is ${routine.source} by another name`)
        : !isNative && !routine.languageTrusted && reachesOut.test(routine.source)
          ? `is written in ${routine.language}, which is not trusted, and reaches the server's machine`
          : undefined
    if (does === undefined) return []
    return [
      {
        id: `execute:${routine.name}`,
        chain: [
          ...subject.chainTo(grantee),
          `${grantee === everybody ? "PUBLIC" : subject.nameOf(grantee)} may execute ${routine.name}`,
          `${routine.name} ${does}`,
        ],
        fix: `REVOKE EXECUTE ON ROUTINE ${routine.name} FROM ${grantees.map((each) => subject.granteeSql(each)).join(", ")};`,
      },
    ]
  })
}
