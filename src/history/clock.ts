import type { Connection } from "../db/connection.ts"

/**
 * Reads the server's clock. It is the one that wrote the times of the history; that of a container or a laptop may be days
 * off, and would let a contract go too early, or an approval live too long.
 */
export async function readClock(connection: Connection): Promise<Date> {
  const [row] = await connection.query<{ now: string }>(
    `select pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
  )
  if (row === undefined) throw new Error("the server answered the question for the time with no row")
  return new Date(row.now)
}
