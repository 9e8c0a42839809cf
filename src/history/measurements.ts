import type { Connection } from "../db/connection.ts"
import type { WorkKind } from "../sql/named-work.ts"
import { table } from "./record.ts"

/** Work that a run did on this database, how large the relation was then, and how long it took. */
export interface Measurement {
  readonly kind: WorkKind
  /** With its schema, quoted where it must be. */
  readonly relation: string
  readonly rows: number
  /** With all indexes. */
  readonly bytes: number
  readonly ms: number
}

/** Older ones tell of a server that may be another by now. */
const mostEvents = 50

/** Reads what runs have recorded of their long statements, the latest first. */
export async function readMeasurements(
  connection: Connection,
  schema: string,
): Promise<readonly Measurement[]> {
  const rows = await connection.query<{ measured: string }>(
    `select details ->> 'measured' as measured from ${table(schema, "event")}
where kind = 'measured' order by id desc limit ${mostEvents}`,
  )
  return rows.flatMap(({ measured }) => JSON.parse(measured) as Measurement[])
}
