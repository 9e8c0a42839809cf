import type { Connection } from "../db/connection.ts"
import type { KnownRelation, Removal } from "./observation.ts"

/** The columns of each table, by number; a renamed one keeps its. */
export type Columns = ReadonlyMap<number, ReadonlyMap<number, string>>

/** Reads the columns of all tables that hold rows, with what the session itself has not committed yet. */
export async function readColumns(connection: Connection): Promise<Columns> {
  const rows = await connection.query<{ oid: number; columns: string }>(
    `select c.oid, (select pg_catalog.json_object_agg(a.attnum, a.attname)::pg_catalog.text from pg_catalog.pg_attribute a
  where a.attrelid operator(pg_catalog.=) c.oid and a.attnum operator(pg_catalog.>) 0 and not a.attisdropped) as columns
from pg_catalog.pg_class c where c.relkind operator(pg_catalog.=) any ('{r,p,m}') and c.oid operator(pg_catalog.>=) 16384`,
  )
  return new Map(
    rows.map(({ oid, columns }) => [
      oid,
      new Map(
        Object.entries(JSON.parse(columns ?? "{}") as Record<string, string>).map(([number, name]) => [
          Number(number),
          name,
        ]),
      ),
    ]),
  )
}

/** Returns the tables and columns that were there before and are not any more. What was renamed is there. */
export function removedBetween(
  before: Columns,
  after: Columns,
  known: ReadonlyMap<number, KnownRelation>,
): readonly Removal[] {
  return [...before].flatMap(([oid, columns]): readonly Removal[] => {
    const relation = known.get(oid)
    if (relation === undefined) return []
    const left = after.get(oid)
    if (left === undefined) return [{ relation }]
    return [...columns].flatMap(([number, column]) => (left.has(number) ? [] : [{ relation, column }]))
  })
}
