import type { Revision } from "./revision.ts"

/** Revisions in the order of their graph, and the repeatables. */
export interface OrderedRevisions {
  readonly revisions: readonly Revision[]
  readonly repeatables: readonly Revision[]
}

/**
 * Packs revisions into one text, property by property. A property that is the same in all of them is kept once, of
 * the others each value is a line. Reading it is several times faster than JSON, and every command reads it.
 */
export function packRevisions({ revisions, repeatables }: OrderedRevisions): string {
  const all = [...revisions, ...repeatables]
  const columns = properties.map((name) => pack(all, name))
  const head: Head = {
    count: all.length,
    repeatables: repeatables.length,
    lengths: columns.map(({ length }) => length),
  }
  return [JSON.stringify(head), "\n", ...columns].join("")
}

/** Reads what `packRevisions` packed. */
export function unpackRevisions(text: string): OrderedRevisions {
  const headEnd = text.indexOf("\n")
  const head = JSON.parse(text.slice(0, headEnd)) as Head
  const columns = cut(text, headEnd + 1, head)
  const all = Array.from({ length: head.count }, (_, index) => revisionAt(columns, index))
  const first = head.count - head.repeatables
  return { revisions: all.slice(0, first), repeatables: all.slice(first) }
}

interface Head {
  readonly count: number
  readonly repeatables: number
  /** Of each column, in characters. */
  readonly lengths: readonly number[]
}

const properties = [
  "id",
  "parents",
  "dependsOn",
  "labels",
  "title",
  "file",
  "downFile",
  "language",
  "format",
  "repeatable",
  "phase",
  "transaction",
  "lockTimeoutMs",
  "statementTimeoutMs",
  "version",
  "author",
  "created",
  "why",
  "accepts",
  "rollback",
  "checksum",
] as const satisfies readonly (keyof Revision)[]

type Property = (typeof properties)[number]

/** The values of one property: one for all, one a line, or none at all. */
type Column = string | readonly string[] | undefined
type Columns = Readonly<Record<Property, Column>>

function pack(all: readonly Revision[], name: Property): string {
  const lines = all.map((revision) => encode(revision[name]))
  const same = lines.every((line) => line === lines[0])
  return same ? (lines[0] ?? "") : lines.join("\n")
}

function cut(text: string, start: number, { lengths }: Head): Columns {
  let at = start
  const columns = properties.map((name, index) => {
    const column = text.slice(at, at + (lengths[index] ?? 0))
    at += column.length
    return [name, column === "" ? undefined : column.includes("\n") ? column.split("\n") : column]
  })
  return Object.fromEntries(columns) as Columns
}

/** Texts are kept as they are unless they would not be one line or look like JSON; lists and all else are JSON. */
function encode(value: Revision[Property]): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return ""
  if (typeof value === "string" && value !== "" && !/[\n"[]/.test(value)) return value
  const [only, ...others] = Array.isArray(value) ? value : []
  if (typeof only === "string" && only !== "" && others.length === 0 && !/[\n"[]/.test(only)) return only
  return JSON.stringify(value)
}

type Changing = { -readonly [Name in keyof Revision]: Revision[Name] }

/** Written out property by property so that all revisions get one hidden class: a loop over names costs five times as much. */
function revisionAt(columns: Columns, index: number): Revision {
  const revision: Changing = {
    id: text(columns.id, index) ?? "",
    parents: list(columns.parents, index),
    dependsOn: list(columns.dependsOn, index),
    labels: list(columns.labels, index),
    title: text(columns.title, index) ?? "",
    file: text(columns.file, index) ?? "",
    language: text(columns.language, index) as Revision["language"],
    format: text(columns.format, index) ?? "",
    repeatable: text(columns.repeatable, index) === "true",
    transaction: text(columns.transaction, index) as Revision["transaction"],
    accepts: columns.accepts === undefined ? [] : JSON.parse(line(columns.accepts, index) || "[]"),
    rollback: text(columns.rollback, index) as Revision["rollback"],
    checksum: text(columns.checksum, index) ?? "",
  }
  const downFile = text(columns.downFile, index)
  if (downFile !== undefined) revision.downFile = downFile
  const phase = text(columns.phase, index)
  if (phase !== undefined) revision.phase = phase as NonNullable<Revision["phase"]>
  const lockTimeout = text(columns.lockTimeoutMs, index)
  if (lockTimeout !== undefined) revision.lockTimeoutMs = Number(lockTimeout)
  const statementTimeout = text(columns.statementTimeoutMs, index)
  if (statementTimeout !== undefined) revision.statementTimeoutMs = Number(statementTimeout)
  const version = text(columns.version, index)
  if (version !== undefined) revision.version = version
  const author = text(columns.author, index)
  if (author !== undefined) revision.author = author
  const created = text(columns.created, index)
  if (created !== undefined) revision.created = created
  const why = text(columns.why, index)
  if (why !== undefined) revision.why = why
  return revision
}

function line(column: Column, index: number): string {
  return column === undefined ? "" : typeof column === "string" ? column : (column[index] ?? "")
}

function text(column: Column, index: number): string | undefined {
  const written = line(column, index)
  if (written === "") return undefined
  return written.charCodeAt(0) === quote ? JSON.parse(written) : written
}

function list(column: Column, index: number): readonly string[] {
  const written = line(column, index)
  if (written === "") return none
  return written.charCodeAt(0) === bracket ? JSON.parse(written) : [written]
}

const none: readonly string[] = []
const quote = 0x22
const bracket = 0x5b
