import type { Node } from "libpg-query"
import { loadParser } from "../sql/parser.ts"
import type { Source } from "../sql/source.ts"
import { splitStatements } from "../sql/statements.ts"

/** A statement that an application issues, with $1, $2, ... for its values. */
export interface Query {
  readonly sql: string
  /** What a person calls it: the name in the comment above it (`-- name: find_user`), or file and line. */
  readonly name: string
  readonly node: Node | undefined
}

/** Reads queries from SQL text; `-- name: find_user` above one names it, as in sqlc and PgTyped. */
export async function readQueries(source: Source): Promise<readonly Query[]> {
  const parse = await loadParser()
  const lines = source.text.split("\n")
  return splitStatements(source).map(({ sql, file, line }) => ({
    sql,
    name: nameAbove(lines, line - source.line) ?? `${file}:${line}`,
    node: parse(sql),
  }))
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
