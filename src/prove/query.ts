import type { Node } from "libpg-query"
import type { RecordedQuery } from "../queries/manifest.ts"
import { queriesIn } from "../queries/read.ts"
import { loadParser } from "../sql/parser.ts"
import type { Source } from "../sql/source.ts"

/** A statement that an application issues, with $1, $2, ... for its values. */
export interface Query {
  readonly sql: string
  /** What a person calls it: the name in the comment above it (`-- name: find_user`), or where it comes from. */
  readonly name: string
  /** Where it comes from, as `file:line`. */
  readonly from: readonly string[]
  /** The releases that serve and issue it, as their deploys have said. */
  readonly releases: readonly string[]
  readonly node: Node | undefined
}

/** Reads the queries of a file. */
export async function readQueries(source: Source): Promise<readonly Query[]> {
  return withReleases(queriesIn(source), [])
}

/** What a release issues, as it was stored with its deploy. */
export interface ReleaseQueries {
  readonly release: string
  readonly queries: readonly RecordedQuery[]
}

/** Puts the queries of the project and of the releases that serve together; where both have one, it is one query. */
export async function withReleases(
  project: readonly RecordedQuery[],
  releases: readonly ReleaseQueries[],
): Promise<readonly Query[]> {
  const parse = await loadParser()
  const known = new Map<string, RecordedQuery>(project.map((query) => [query.sql, query]))
  const issuedBy = new Map<string, string[]>()
  for (const { release, queries } of releases)
    for (const query of queries) {
      if (!known.has(query.sql)) known.set(query.sql, query)
      issuedBy.set(query.sql, [...(issuedBy.get(query.sql) ?? []), release])
    }
  return [...known.values()].map(({ sql, name, from = [] }) => ({
    sql,
    name: name ?? from[0] ?? shortened(sql),
    from,
    releases: issuedBy.get(sql) ?? [],
    node: parse(sql),
  }))
}

/** A query of which nobody says whence it is goes by its own words. */
function shortened(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ")
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
