import { existsSync, readdirSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { compareText } from "../compare-text.ts"
import type { Source } from "../sql/source.ts"
import { splitQueries } from "../sql/statements.ts"
import { mergeQueries, parseManifest, type RecordedQuery } from "./manifest.ts"

/** Files that are taken where nothing says where the queries are. */
const usualFiles = ["queries.json", "queries.sql"] as const

/**
 * Returns the files that paths mean: a folder means all files of SQL in it, and every `queries.json`. Without paths,
 * `queries.json` and `queries.sql` where they are there.
 *
 * @param root paths are relative to it
 */
export function queryFiles(root: string, paths: readonly string[] | undefined): readonly string[] {
  if (paths === undefined) return usualFiles.filter((name) => existsSync(join(root, name)))
  return paths.flatMap((path) => {
    const isFolder = statSync(resolve(root, path), { throwIfNoEntry: false })?.isDirectory() === true
    return isFolder ? filesIn(root, path) : [path]
  })
}

function filesIn(root: string, folder: string): readonly string[] {
  return readdirSync(resolve(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder.replace(/[\\/]$/, "")}/${name.replaceAll("\\", "/")}`)
    .filter((name) => /\.sql$|(?:^|\/)queries\.json$/.test(name) && !name.includes("/node_modules/"))
    .sort(compareText)
}

/**
 * Reads the queries of a file: a `queries.json`, or SQL, where `-- name: find_user` above a query names it, as in sqlc
 * and PgTyped.
 */
export function queriesIn(source: Source): readonly RecordedQuery[] {
  const { text, file } = source
  if (file.endsWith(".json")) return parseManifest(text, file)
  const lines = text.split("\n")
  return splitQueries(source).map(({ sql, line }) => {
    const name = nameAbove(lines, line - source.line)
    return { sql, ...(name === undefined ? {} : { name }), from: [`${file}:${line}`] }
  })
}

/** The queries of several files, each text once. */
export function queriesOf(sources: readonly Source[]): readonly RecordedQuery[] {
  return mergeQueries(...sources.map(queriesIn))
}

function nameAbove(lines: readonly string[], index: number): string | undefined {
  for (let at = index - 1; at >= 0; at--) {
    const line = lines[at]?.trim() ?? ""
    const name = /^(?:--|\/\*)\s*@?name:?\s+([\w.-]+)/.exec(line)?.[1]
    if (name !== undefined) return name
    if (!line.startsWith("--")) return undefined
  }
  return undefined
}
