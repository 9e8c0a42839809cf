import type { Connection } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import type { Effect } from "../sql/step.ts"
import { table } from "./record.ts"
import { currentFormat } from "./tables.ts"

/** What a database says about itself. Reading it writes nothing, not even the tables. */
export interface History {
  readonly schema: string
  /** 0 where Lockstep has never written to this database. */
  readonly format: number
  readonly environment?: string
  readonly protected: boolean
  /** Revisions (without repeatables) that the database is at: id -> checksum, in the order they came. */
  readonly applied: ReadonlyMap<string, string>
  /** Repeatables that ran: id -> checksum of what ran last. */
  readonly repeatables: ReadonlyMap<string, string>
  /** Steps of revisions that were begun and not finished, by revision and position. */
  readonly inFlight: readonly StepRecord[]
}

export interface StepRecord {
  readonly revision: string
  readonly direction: "up" | "down"
  readonly position: number
  readonly sql: string
  readonly effect?: Effect
  readonly before?: Readonly<Record<string, unknown>>
  readonly state: "started" | "done" | "failed"
}

/** The history of a database that has none. */
export function emptyHistory(schema: string): History {
  return { schema, format: 0, protected: false, applied: new Map(), repeatables: new Map(), inFlight: [] }
}

/**
 * Reads the history in one round trip. Ten thousand revisions come as one text: a row each would cost the client
 * ten times as much.
 *
 * @param present whether `to_regclass('<schema>.meta')` was there
 * @throws ToolError `history-newer` where a later version of Lockstep wrote the tables
 */
export async function readHistory(connection: Connection, schema: string, present: boolean): Promise<History> {
  if (!present) return emptyHistory(schema)
  const meta = await readMeta(connection, schema)
  if (meta.format === 0) return { ...emptyHistory(schema), ...meta }
  const [row] = await connection.query<{ applied: string | null; repeatables: string | null; steps: string | null }>(
    `select
  (select string_agg(id || chr(9) || checksum, chr(10) order by sequence) from ${table(schema, "revision")} where not repeatable) as applied,
  (select string_agg(id || chr(9) || checksum, chr(10) order by sequence) from ${table(schema, "revision")} where repeatable) as repeatables,
  (select jsonb_agg(jsonb_build_object('revision', revision, 'direction', direction, 'position', position, 'sql', sql, 'effect', effect, 'before', before, 'state', state) order by started_at, position)::text from ${table(schema, "step")}) as steps`,
  )
  return {
    schema,
    ...meta,
    applied: pairs(row?.applied),
    repeatables: pairs(row?.repeatables),
    inFlight: steps(row?.steps),
  }
}

async function readMeta(
  connection: Connection,
  schema: string,
): Promise<Pick<History, "format" | "environment" | "protected">> {
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
  return {
    format,
    protected: meta.get("protected") === "true",
    ...(environment === undefined ? {} : { environment }),
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

function steps(text: string | null | undefined): StepRecord[] {
  if (!text) return []
  const rows = JSON.parse(text) as (Omit<StepRecord, "effect" | "before"> & {
    effect: Effect | null
    before: Readonly<Record<string, unknown>> | null
  })[]
  return rows.map(({ effect, before, ...row }) => ({
    ...row,
    ...(effect === null ? {} : { effect }),
    ...(before === null ? {} : { before }),
  }))
}
