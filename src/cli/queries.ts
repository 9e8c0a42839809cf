import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { ApplicationRole } from "../api/application-role.ts"
import { queryFiles } from "../queries/read.ts"
import { readSql } from "../sql/read-sql.ts"
import type { Source } from "../sql/source.ts"
import type { Configuration } from "./config.ts"
import { type Given, given } from "./given.ts"

/** The options of all commands that ask whether the application's queries work. */
export const applicationOptions = {
  queries: {
    type: "list",
    value: "path",
    help: "What the application issues: SQL with $1, $2, ..., or a `queries.json`. Default: the setting `queries`",
  },
  role: {
    type: "text",
    value: "name",
    help: "The role that the application connects as. Default: the setting `queryRole`",
  },
} as const

/** What they say. */
interface Said {
  readonly queries: readonly string[]
  readonly role?: string | undefined
}

type Known = Pick<Configuration, "root" | "queries" | "queryRole" | "roles">

/** Reads what the application issues and whom it connects as: as the options say, or else the configuration. */
export async function applicationOf(
  said: Said,
  cwd: string,
  configuration: Known,
): Promise<Given<ApplicationRole & { readonly queries: readonly Source[] | undefined }>> {
  const { queries } = said
  return given({
    queries:
      queries.length === 0
        ? await readConfiguredQueries(configuration)
        : await Promise.all(queryFiles(cwd, queries).map((path) => readSql(cwd, path))),
    ...applicationRole(configuration, said.role),
  })
}

/** Whom the application connects as, by an option or the configuration. */
export function applicationRole(
  { queryRole, roles }: Pick<Configuration, "queryRole" | "roles">,
  named?: string,
): ApplicationRole {
  return given({ role: named ?? queryRole, roles: roles?.model })
}

/**
 * Reads the files of the setting `queries`.
 *
 * @param missing an image may come without them, where its bundle holds what they say
 */
export async function readConfiguredQueries(
  { root, queries }: Pick<Configuration, "root" | "queries">,
  missing: "where there" | "must be there" = "must be there",
): Promise<readonly Source[] | undefined> {
  const files = queryFiles(root, queries).filter(
    (path) => missing === "must be there" || existsSync(resolve(root, path)),
  )
  return files.length === 0 ? undefined : Promise.all(files.map((path) => readSql(root, path)))
}
