import type { Connection } from "../db/connection.ts"
import { quoteIdentifier as q } from "../sql/identifier.ts"
import { completeModel, type RolesModel } from "./model.ts"
import { defaultKinds, wanted } from "./plan/plan.ts"

/** What a server of roles' own offers. */
export interface RolesServer {
  makeRole(name: string): Promise<void>
  /** Its roles are nobody else's, so that their memberships may be changed. */
  readonly own: boolean
}

/**
 * Makes a role of the model in a scratch database, with what `roles apply` would give it: revisions do not hold that.
 * What they run from here on comes with the owner's default privileges. A role that a server of others has already
 * keeps the memberships that it has.
 *
 * @param connection to the scratch database, as a superuser
 * @param done schemas that need nothing any more; what revisions have taken away there stays away
 * @returns the schemas of the model that are there
 */
export async function standIn(
  connection: Connection,
  role: string,
  model: RolesModel | undefined,
  server: RolesServer,
  done: readonly string[] = [],
): Promise<readonly string[]> {
  const isThere = await hasRole(connection, role)
  await server.makeRole(role)
  if (model === undefined) return []
  const { owner, readWrite, readOnly, applications, reporting, schemas } = completeModel(model)
  const settings = applications[role] ?? reporting[role]
  if (settings === undefined) return []
  const [group, privileges] = Object.hasOwn(applications, role)
    ? ([readWrite, wanted.readWrite] as const)
    : ([readOnly, wanted.readOnly] as const)
  for (const name of [owner, group]) await server.makeRole(name)
  if (server.own || !isThere) {
    const path = (settings.searchPath ?? schemas).map((each) => (each === "$user" ? '"$user"' : q(each)))
    await connection.run(
      `grant ${q(group)} to ${q(role)}; alter role ${q(role)} set search_path = ${path.join(", ")}`,
    )
  }
  const present = await connection.query<{ name: string }>(
    "select nspname as name from pg_catalog.pg_namespace where nspname = any ($1)",
    [schemas],
  )
  for (const { name } of present.filter((each) => !done.includes(each.name))) {
    const on = defaultKinds.flatMap(([, kind, words]) => {
      const may = privileges[kind]
      // Types are everybody's unless a revision says otherwise, and GRANT has no ALL TYPES.
      if (may === undefined || kind === "type") return []
      const what = `${may.join(", ")} on`
      return [
        `grant ${what} all ${words} in schema ${q(name)} to ${q(group)}`,
        ...["", ` for role ${q(owner)}`].map(
          (by) => `alter default privileges${by} in schema ${q(name)} grant ${what} ${words} to ${q(group)}`,
        ),
      ]
    })
    await connection.run([`grant usage on schema ${q(name)} to ${q(group)}`, ...on].join(";\n"))
  }
  return present.map(({ name }) => name)
}

async function hasRole(connection: Connection, name: string): Promise<boolean> {
  const rows = await connection.query("select from pg_catalog.pg_roles where rolname = $1", [name])
  return rows.length > 0
}
