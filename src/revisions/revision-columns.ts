import type { Revision } from "./revision.ts"

/** Revisions in the order of their graph, and the repeatables. */
export interface OrderedRevisions {
  readonly revisions: readonly Revision[]
  readonly repeatables: readonly Revision[]
}

/**
 * Packs revisions into one text, property by property. A property that is the same in all of them is kept once; of
 * the others each value is a line. Reading this is several times faster than JSON, and ten thousand revisions are
 * read by every command.
 */
export function packRevisions({ revisions, repeatables }: OrderedRevisions): string {
  const all = [...revisions, ...repeatables]
  const columns = properties.map((name) => {
    const encode = codecs[name].encode as (value: unknown) => string
    const values = all.map((revision) => encode(revision[name]))
    const same = values.every((value) => value === values[0])
    return { name, same, lines: same ? values.slice(0, 1) : values }
  })
  const head = {
    count: all.length,
    repeatables: repeatables.length,
    columns: columns.map(({ name, same }) => ({ name, same })),
  }
  return [JSON.stringify(head), ...columns.flatMap(({ lines }) => lines)].join("\n")
}

/** Reads what `packRevisions` packed. */
export function unpackRevisions(text: string): OrderedRevisions {
  const lines = text.split("\n")
  const head = JSON.parse(lines[0] ?? "") as Head
  const all: Record<string, unknown>[] = Array.from({ length: head.count }, () => ({}))
  let at = 1
  for (const { name, same } of head.columns) {
    const { decode } = codecs[name]
    if (same) {
      const value = head.count === 0 ? undefined : decode(lines[at] ?? "")
      if (value !== undefined) for (const revision of all) revision[name] = value
      at += head.count === 0 ? 0 : 1
      continue
    }
    for (const revision of all) {
      const value = decode(lines[at++] ?? "")
      if (value !== undefined) revision[name] = value
    }
  }
  const split = head.count - head.repeatables
  return {
    revisions: all.slice(0, split) as unknown as Revision[],
    repeatables: all.slice(split) as unknown as Revision[],
  }
}

interface Head {
  readonly count: number
  readonly repeatables: number
  readonly columns: readonly { readonly name: keyof Revision; readonly same: boolean }[]
}

/** How the values of a property become lines. */
interface Codec<Value> {
  readonly encode: (value: Value) => string
  readonly decode: (line: string) => Value
}

/** A text as it is, or as JSON where it begins with a quote or would not be one line; absent is an empty line. */
const text: Codec<string | undefined> = {
  encode: (value) => {
    if (value === undefined) return ""
    return value === "" || value.startsWith('"') || value.includes("\n") ? JSON.stringify(value) : value
  },
  decode: (line) => (line === "" ? undefined : line.startsWith('"') ? JSON.parse(line) : line),
}

const none: readonly string[] = []

/** Ids and labels, which have no tabs. */
const list: Codec<readonly string[]> = {
  encode: (value) => value.join("\t"),
  decode: (line) => (line === "" ? none : line.split("\t")),
}

const json: Codec<unknown> = {
  encode: (value) => JSON.stringify(value) ?? "",
  decode: (line) => (line === "" ? undefined : JSON.parse(line)),
}

const codecs: {
  readonly [Name in keyof Revision]-?: Codec<string | undefined> | Codec<readonly string[]> | Codec<unknown>
} = {
  id: text,
  parents: list,
  dependsOn: list,
  labels: list,
  title: text,
  file: text,
  downFile: text,
  language: text,
  format: text,
  repeatable: json,
  phase: text,
  transaction: text,
  lockTimeoutMs: json,
  statementTimeoutMs: json,
  version: text,
  author: text,
  created: text,
  why: text,
  accepts: json,
  rollback: text,
  checksum: text,
}

const properties = Object.keys(codecs) as readonly (keyof Revision)[]
