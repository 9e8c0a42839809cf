import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { queryFiles } from "../queries/read.ts"
import { readSql } from "../sql/read-sql.ts"
import type { Source } from "../sql/source.ts"
import type { Configuration } from "./config.ts"

/** Reads the files that an option names, or else those of the configuration; undefined where neither says any. */
export async function readQuerySources(
  named: readonly string[],
  cwd: string,
  configuration: Pick<Configuration, "root" | "queries">,
): Promise<readonly Source[] | undefined> {
  if (named.length === 0) return readConfiguredQueries(configuration)
  return Promise.all(queryFiles(cwd, named).map((path) => readSql(cwd, path)))
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
