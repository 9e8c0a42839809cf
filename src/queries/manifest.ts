import { readFileSync } from "node:fs"
import { compareText } from "../compare-text.ts"
import { ToolError } from "../diagnostic.ts"
import { isRecord } from "../is-record.ts"

/** A statement that an application issues, with $1, $2, ... for its values. */
export interface RecordedQuery {
  readonly sql: string
  /** What a person calls it: the name in the comment above it, where there is one. */
  readonly name?: string
  /** Where it comes from, as `file:line`; several where several places issue the same. */
  readonly from?: readonly string[]
}

/** A file of queries: `queries.json`. */
export interface QueryManifest {
  /** Version of this shape. */
  readonly v: 1
  readonly queries: readonly RecordedQuery[]
}

/** A query that a hundred places issue needs no hundred lines; the first ones are kept, so that merging keeps order. */
const mostPlaces = 8

/** Puts lists of queries together: each text once, sorted, so that the order in which they came does not matter. */
export function mergeQueries(...lists: readonly (readonly RecordedQuery[])[]): readonly RecordedQuery[] {
  const bySql = new Map<string, RecordedQuery>()
  for (const query of lists.flat()) {
    const known = bySql.get(query.sql)
    bySql.set(query.sql, known === undefined ? query : joined(known, query))
  }
  return [...bySql.values()]
    .map(({ sql, name, from = [] }) => ({
      sql,
      ...(name === undefined ? {} : { name }),
      ...(from.length === 0 ? {} : { from: placesOf(from) }),
    }))
    .sort((a, b) => compareText(a.sql, b.sql))
}

function joined(one: RecordedQuery, other: RecordedQuery): RecordedQuery {
  const names = [one.name, other.name].filter((name) => name !== undefined).sort(compareText)
  return {
    sql: one.sql,
    ...(names[0] === undefined ? {} : { name: names[0] }),
    from: [...(one.from ?? []), ...(other.from ?? [])],
  }
}

function placesOf(from: readonly string[]): readonly string[] {
  return [...new Set(from)].sort(byPlace).slice(0, mostPlaces)
}

function byPlace(one: string, other: string): number {
  const [a, b] = [one, other].map((place) => /^(.*?)(?::(\d+))?$/s.exec(place) ?? [])
  return compareText(a?.[1] ?? "", b?.[1] ?? "") || Number(a?.[2] ?? 0) - Number(b?.[2] ?? 0)
}

/** Prints a manifest as its file holds it: the same text for the same queries. */
export function printManifest(queries: readonly RecordedQuery[]): string {
  const manifest: QueryManifest = { v: 1, queries: mergeQueries(queries) }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

/**
 * Reads the text of a manifest.
 *
 * @param shown the path as shown to a person
 * @throws ToolError `unreadable-file`
 */
export function parseManifest(text: string, shown: string): readonly RecordedQuery[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw unreadable(shown, "it is not JSON", error)
  }
  if (!isRecord(value) || !Array.isArray(value.queries))
    throw unreadable(shown, "it holds no list of queries")
  if (typeof value.v === "number" && value.v > 1) throw unreadable(shown, "a newer Lockstep wrote it")
  return value.queries.map((entry: unknown, index) => {
    if (isQuery(entry)) return entry
    throw unreadable(shown, `entry ${index + 1} of its queries has no text in "sql"`)
  })
}

/**
 * Reads the file of a manifest.
 *
 * @returns undefined where there is no such file
 * @throws ToolError `unreadable-file`
 */
export function readManifestFile(path: string, shown = path): readonly RecordedQuery[] | undefined {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw unreadable(shown, "it cannot be opened", error)
  }
  return parseManifest(text, shown)
}

function isQuery(value: unknown): value is RecordedQuery {
  if (!isRecord(value) || typeof value.sql !== "string") return false
  const { name, from } = value
  const areTexts = Array.isArray(from) && from.every((place) => typeof place === "string")
  return (name === undefined || typeof name === "string") && (from === undefined || areTexts)
}

function unreadable(shown: string, reason: string, cause?: unknown): ToolError {
  return new ToolError("unreadable-file", `the queries in ${shown} cannot be read: ${reason}`, {
    subject: shown,
    hint: 'such a file is {"v": 1, "queries": [{"sql": "..."}]}; the recorder of lockstep/record writes it anew',
    cause,
  })
}
