import type { DumpFacts } from "./facts.ts"

/** What a server and its database say that decides whether a dump can be restored there. */
export interface RestorePlace {
  readonly database: string
  readonly user: string
  readonly superuser: boolean
  /** As in `server_version_num`. */
  readonly serverVersion: number
  readonly encoding: string
  readonly roles: readonly string[]
  /** Roles that the connected one may become. */
  readonly mayBecome: readonly string[]
  /** Extensions that may be created there. */
  readonly extensions: readonly string[]
  /** Whether the role may create in the schema `public`, and schemas in the database. */
  readonly mayCreate: { readonly inPublic: boolean; readonly schemas: boolean }
  /** Schemas of the dump that are there with something in them, `public` included. */
  readonly relations: readonly string[]
  /** Roles of the configuration that must only read and write. */
  readonly applicationRoles: readonly string[]
}

/** One thing that would go wrong. */
export interface RestoreProblem {
  readonly problem:
    | "version"
    | "missing-role"
    | "wrong-owner"
    | "missing-extension"
    | "no-right"
    | "not-empty"
    | "encoding"
    | "application-role"
  readonly message: string
  readonly fix: string
}

/** Says beforehand what would go wrong if the dump were restored there. */
export function judgeRestore(dump: DumpFacts, place: RestorePlace): readonly RestoreProblem[] {
  return [
    ...version(dump, place),
    ...applicationRole(place),
    ...roles(dump, place),
    ...extensions(dump, place),
    ...rights(dump, place),
    ...occupied(dump, place),
    ...encoding(dump, place),
  ]
}

function version({ serverVersion }: DumpFacts, place: RestorePlace): readonly RestoreProblem[] {
  const from = Number.parseInt(serverVersion ?? "", 10)
  const to = Math.floor(place.serverVersion / 10_000)
  if (Number.isNaN(from) || from <= to) return []
  return [
    {
      problem: "version",
      message: `the dump is of PostgreSQL ${serverVersion}, the server is ${to}: statements of later versions fail there`,
      fix: `restore it into PostgreSQL ${from} or later`,
    },
  ]
}

/** Whoever restores owns everything afterwards, unless the dump says otherwise and may. */
function applicationRole({ user, applicationRoles }: RestorePlace): readonly RestoreProblem[] {
  if (!applicationRoles.includes(user)) return []
  return [
    {
      problem: "application-role",
      message: `${user} is the application's role: it would own every table, and could change the schema from then on`,
      fix: "restore as the owner, or as the migrator",
    },
  ]
}

function roles(dump: DumpFacts, place: RestorePlace): readonly RestoreProblem[] {
  const missing = [...dump.owners, ...dump.grantees].filter((role) => !place.roles.includes(role))
  const out = dump.owners.filter(
    (role) => place.roles.includes(role) && !place.superuser && !place.mayBecome.includes(role),
  )
  return [
    ...missing.map((role) => ({
      problem: "missing-role" as const,
      message: `there is no role ${role}, ${dump.owners.includes(role) ? "which owns objects of the dump" : "to which the dump grants rights"}`,
      fix: dump.owners.includes(role)
        ? `create role ${role}, or restore with --no-owner as the role that shall own them`
        : `create role ${role}, or restore with --no-acl and grant afterwards`,
    })),
    ...out.map((role) => ({
      problem: "wrong-owner" as const,
      message: `objects of the dump belong to ${role}, and ${place.user} may not become it: ALTER ... OWNER fails, and what was made stays with ${place.user}`,
      fix: `restore as a member of ${role}, or with --no-owner --role=${role}`,
    })),
  ]
}

function extensions(dump: DumpFacts, place: RestorePlace): readonly RestoreProblem[] {
  return dump.extensions
    .filter((name) => name !== "plpgsql" && !place.extensions.includes(name))
    .map((name) => ({
      problem: "missing-extension",
      message: `the server has no extension ${name}`,
      fix: `install ${name} on the server`,
    }))
}

/** From PostgreSQL 15 on, not everybody may create in `public`; psql goes on after such errors and ends with 0. */
function rights(dump: DumpFacts, place: RestorePlace): readonly RestoreProblem[] {
  const { mayCreate, user, database } = place
  const found: RestoreProblem[] = []
  const usesPublic = Object.keys(dump.tables).some((name) => name.startsWith("public."))
  if (!mayCreate.inPublic && (usesPublic || dump.schemas.length === 0))
    found.push({
      problem: "no-right",
      message: `${user} may not create in schema public of ${database}: every CREATE there fails`,
      fix: "restore as the owner of the database",
    })
  if (!mayCreate.schemas && dump.schemas.some((name) => name !== "public"))
    found.push({
      problem: "no-right",
      message: `${user} may not create schemas in ${database}`,
      fix: `grant create on database ${database} to ${user}, or restore as its owner`,
    })
  return found
}

function occupied(dump: DumpFacts, place: RestorePlace): readonly RestoreProblem[] {
  const there = Object.keys(dump.tables).filter((name) => place.relations.includes(name))
  if (there.length === 0) return []
  const shown = there.slice(0, 5).join(", ")
  return [
    {
      problem: "not-empty",
      message: `${database(place)} has ${there.length === 1 ? "a table" : `${there.length} tables`} of the dump already: ${shown}${there.length > 5 ? ", ..." : ""}`,
      fix: "restore into a new database, and rename the two afterwards; do not drop the old one before the new one is verified",
    },
  ]
}

function database({ database: name }: RestorePlace): string {
  return `database ${name}`
}

function encoding(dump: DumpFacts, place: RestorePlace): readonly RestoreProblem[] {
  if (dump.encoding === undefined || dump.encoding === place.encoding || place.encoding === "UTF8") return []
  return [
    {
      problem: "encoding",
      message: `the dump is in ${dump.encoding}, the database in ${place.encoding}: texts that it cannot hold fail`,
      fix: `create the database with encoding '${dump.encoding}' template template0`,
    },
  ]
}
