import type { Connection } from "../db/connection.ts"
import { type Measurement, readMeasurements } from "../history/measurements.ts"
import type { Statistics } from "./size.ts"

/** What a live database tells of its size and its speed. */
export interface LiveSizes {
  readonly statistics: Statistics
  readonly measurements: readonly Measurement[]
}

/** @param history schema of Lockstep's own tables; absent where there are none */
export async function readLive(connection: Connection, history: string | undefined): Promise<LiveSizes> {
  return {
    statistics: await readStatistics(connection),
    measurements: history === undefined ? [] : await readMeasurements(connection, history),
  }
}

/**
 * Reads the sizes of tables. The rows are the planner's estimate; of a table that was never analysed, what the server has
 * counted. A partitioned table is as large as its partitions together.
 */
export async function readStatistics(connection: Connection): Promise<Statistics> {
  const rows = await connection.query<{ name: string; rows: string; bytes: string; writes: number | null }>(
    `with recursive tables as (
  select c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
    greatest(c.reltuples, s.n_live_tup, 0)::pg_catalog.int8 as rows, pg_catalog.pg_total_relation_size(c.oid) as bytes,
    s.n_tup_ins + s.n_tup_upd + s.n_tup_del as writes
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_stat_user_tables s on s.relid = c.oid
  where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), above as (
  select t.oid as leaf, i.inhparent as parent from tables t join pg_catalog.pg_inherits i on i.inhrelid = t.oid
  union
  select a.leaf, i.inhparent from above a join pg_catalog.pg_inherits i on i.inhrelid = a.parent
), summed as (
  select name, rows, bytes, writes from tables
  union all
  select pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.sum(t.rows)::pg_catalog.int8, pg_catalog.sum(t.bytes)::pg_catalog.int8, pg_catalog.sum(t.writes)::pg_catalog.int8
  from above a join tables t on t.oid = a.leaf join pg_catalog.pg_class c on c.oid = a.parent and c.relkind = 'p'
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  group by 1
)
select name, rows, bytes, (writes / nullif(extract(epoch from pg_catalog.now() - coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time())), 0))::pg_catalog.float8 as writes
from summed, pg_catalog.pg_stat_database d where d.datname = pg_catalog.current_database() order by 1`,
  )
  return Object.fromEntries(
    rows.map(({ name, rows: count, bytes, writes }) => [
      name,
      {
        rows: Number(count),
        bytes: Number(bytes),
        ...(writes === null ? {} : { writesPerSecond: Math.round(writes * 100) / 100 }),
      },
    ]),
  )
}
