import type { Connection } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import type { Revision } from "../revisions/revision.ts"
import type { Effect } from "../sql/step.ts"
import { historyDamaged } from "./damaged.ts"
import { type Nullable, present } from "./nullable.ts"
import { table } from "./record.ts"
import { currentFormat } from "./tables.ts"

/** What a database says about itself. Reading it writes nothing, not even the tables. */
export interface History {
  readonly schema: string
  /** 0 where Lockstep has never written to this database. */
  readonly format: number
  readonly environment?: string
  readonly protected: boolean
  /** What `runner/fingerprint.ts` has kept of the catalog; absent where nothing is known. */
  readonly fingerprint?: string
  /**
   * Whether the history was compared with a folder and is the same: nothing is pending, nothing was edited, nothing is
   * missing. False where nobody asked, too.
   */
  readonly matchesFolder: boolean
  /** Revisions (without repeatables) that the database is at: id -> checksum, in the order they came. */
  readonly applied: ReadonlyMap<string, string>
  /** Repeatables that ran: id -> checksum of what ran last. */
  readonly repeatables: ReadonlyMap<string, string>
  /** Revisions that were begun step by step and not finished, in the order in which they were begun. */
  readonly inFlight: readonly InFlight[]
  /** Pending contract revisions that the last deploy held: id -> why. */
  readonly held: ReadonlyMap<string, readonly string[]>
}

/** A revision that an interrupted run has begun. */
export interface InFlight {
  readonly id: string
  readonly direction: "up" | "down"
  readonly stepsDone: number
}

/** One step of such a revision. */
export interface StepRecord {
  /** 1-based. */
  readonly position: number
  readonly sql: string
  /** Texts of $1, $2, ... where a TypeScript revision gave some. */
  readonly parameters?: readonly (string | null)[]
  readonly effect?: Effect
  readonly before?: Readonly<Record<string, unknown>>
  readonly state: "started" | "done" | "failed"
  /** The rows that the program of a TypeScript revision was given. */
  readonly answer?: readonly Readonly<Record<string, unknown>>[]
}

/** Tells whether the database is where the folder is that it was compared with, and nobody has left anything half done. */
export function isSettled({ matchesFolder, inFlight }: History): boolean {
  return matchesFolder && inFlight.length === 0
}

/** The history of a database that has none. */
export function emptyHistory(schema: string): History {
  return {
    schema,
    format: 0,
    protected: false,
    matchesFolder: false,
    applied: new Map(),
    repeatables: new Map(),
    inFlight: [],
    held: new Map(),
  }
}

/**
 * Reads the history. Ten thousand revisions come as one text: a row each would cost the client ten times as much.
 *
 * @param present whether `to_regclass('<schema>.meta')` was there
 * @param folder what the history is probably at: where the server finds the same digest, the rows are not even sent
 * @throws ToolError `history-newer` where a later version of Lockstep wrote the tables, `history-damaged` where they
 * are not all there
 */
export async function readHistory(
  connection: Connection,
  schema: string,
  present: boolean,
  folder?: RevisionFolder,
): Promise<History> {
  if (!present) return emptyHistory(schema)
  try {
    const meta = await readMeta(connection, schema)
    if (meta.format === 0) return { ...emptyHistory(schema), ...meta }
    const matching = folder && (await readMatching(connection, schema, meta, folder))
    return matching ?? (await readRows(connection, schema, meta))
  } catch (error) {
    throw historyDamaged(schema, error) ?? error
  }
}

async function readMatching(
  connection: Connection,
  schema: string,
  meta: Meta,
  folder: RevisionFolder,
): Promise<History | undefined> {
  const lines = `pg_catalog.string_agg(id || pg_catalog.chr(9) || checksum, pg_catalog.chr(10) order by id collate "C")`
  const [row] = await connection.query<{ digest: string; steps: string | null }>(
    `select (select pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(coalesce(${lines}, ''), 'UTF8')), 'hex') from ${table(schema, "revision")}) as digest,
  ${stepsText(schema)} as steps`,
  )
  if (row?.digest !== folder.digest) return undefined
  let applied: ReadonlyMap<string, string> | undefined
  let repeatables: ReadonlyMap<string, string> | undefined
  return {
    schema,
    ...meta,
    matchesFolder: true,
    get applied() {
      applied ??= checksums(folder.revisions)
      return applied
    },
    get repeatables() {
      repeatables ??= checksums(folder.repeatables)
      return repeatables
    },
    inFlight: stepsOf(row.steps),
    held: new Map(),
  }
}

function checksums(revisions: readonly Revision[]): ReadonlyMap<string, string> {
  return new Map(revisions.map(({ id, checksum }) => [id, checksum]))
}

async function readRows(connection: Connection, schema: string, meta: Meta): Promise<History> {
  const [row] = await connection.query<{
    applied: string | null
    repeatables: string | null
    steps: string | null
    held: string | null
  }>(
    `select
  (select pg_catalog.string_agg(id || pg_catalog.chr(9) || checksum, pg_catalog.chr(10) order by sequence) from ${table(schema, "revision")} where not repeatable) as applied,
  (select pg_catalog.string_agg(id || pg_catalog.chr(9) || checksum, pg_catalog.chr(10) order by sequence) from ${table(schema, "revision")} where repeatable) as repeatables,
  ${stepsText(schema)} as steps,
  ${meta.format < heldFormat ? "null" : heldText(schema)} as held`,
  )
  return {
    schema,
    ...meta,
    matchesFolder: false,
    applied: pairs(row?.applied),
    repeatables: pairs(row?.repeatables),
    inFlight: stepsOf(row?.steps),
    held: new Map(Object.entries(JSON.parse(row?.held ?? "{}") as Record<string, string[]>)),
  }
}

/** The format from which on the history says what is held. */
const heldFormat = 2

function heldText(schema: string): string {
  return `(select pg_catalog.json_object_agg(revision, reasons)::text from ${table(schema, "held")} where revision not in (select id from ${table(schema, "revision")}))`
}

function stepsText(schema: string): string {
  return `(select pg_catalog.json_agg(pg_catalog.json_build_object('id', revision, 'direction', direction, 'stepsDone', done) order by begun, revision)::text from (
    select revision, direction, pg_catalog.count(*) filter (where state = 'done') as done, pg_catalog.min(started_at) as begun from ${table(schema, "step")} group by revision, direction
  ) s)`
}

function stepsOf(text: string | null | undefined): readonly InFlight[] {
  return text ? (JSON.parse(text) as InFlight[]) : []
}

/** Reads what is recorded of the steps of a revision that was begun, by position. */
export async function readSteps(
  connection: Connection,
  schema: string,
  revision: string,
  direction: "up" | "down",
): Promise<ReadonlyMap<number, StepRecord>> {
  const rows = await connection.query<Nullable<StepRecord>>(
    `select position, sql, parameters, effect, before, state, answer from ${table(schema, "step")} where revision = $1 and direction = $2`,
    [revision, direction],
  )
  return new Map(rows.map((row) => [Number(row.position), present<StepRecord>(row)]))
}

type Meta = Pick<History, "format" | "environment" | "protected" | "fingerprint">

async function readMeta(connection: Connection, schema: string): Promise<Meta> {
  const rows = await connection.query<{ key: string; value: string }>(
    `select key, value from ${table(schema, "meta")}`,
  )
  const meta = new Map(rows.map(({ key, value }) => [key, value]))
  const format = Number(meta.get("format") ?? 0)
  if (format > currentFormat) {
    throw new ToolError(
      "history-newer",
      `the history in schema ${schema} has format ${format}, this version of Lockstep knows format ${currentFormat}`,
      { hint: "install the version of Lockstep that the other deploys use, or a later one", subject: schema },
    )
  }
  const environment = meta.get("environment")
  const fingerprint = meta.get("fingerprint")
  return {
    format,
    protected: meta.get("protected") === "true",
    ...(environment === undefined ? {} : { environment }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  }
}

function pairs(text: string | null | undefined): Map<string, string> {
  const map = new Map<string, string>()
  if (!text) return map
  for (const line of text.split("\n")) {
    const tab = line.lastIndexOf("\t")
    map.set(line.slice(0, tab), line.slice(tab + 1))
  }
  return map
}
