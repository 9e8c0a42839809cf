import type { Connection } from "../db/connection.ts"
import { traceSchema } from "./install.ts"
import type { KnownRelation, Lock, SessionSettings } from "./observation.ts"

/** Reads every relation of the user's schemas. */
export async function readKnown(connection: Connection): Promise<ReadonlyMap<number, KnownRelation>> {
  const rows = await connection.query<{
    oid: number
    name: string
    kind: string
    table: number
    root: number
  }>(`
    with recursive ancestors as (
      select inhrelid as relation, inhparent as parent, 1 as depth from pg_catalog.pg_inherits
      union all
      select a.relation, i.inhparent, a.depth + 1 from ancestors a join pg_catalog.pg_inherits i on i.inhrelid = a.parent
    ), roots as (select distinct on (relation) relation, parent from ancestors order by relation, depth desc)
    select c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind,
      coalesce(x.indrelid, c.oid) as table, coalesce(r.parent, x.indrelid, c.oid) as root
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_index x on x.indexrelid = c.oid
    left join roots r on r.relation = coalesce(x.indrelid, c.oid)
    where c.relkind in ('r', 'p', 'i', 'I', 'S', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and n.nspname <> '${traceSchema}'`)
  return new Map(rows.map((row) => [row.oid, row]))
}

/** What is seen from inside the session, also of what is not committed yet. */
export interface State {
  /** The file of each relation, and of an index its table. */
  readonly files: ReadonlyMap<number, { readonly file: number; readonly table: number | null }>
  /** Scans of each table since the transaction began, or since the statistics were flushed. */
  readonly scans: ReadonlyMap<number, number>
  readonly settings: SessionSettings
}

const stateQuery = `
  select
    (select pg_catalog.json_agg(pg_catalog.json_build_array(c.oid::pg_catalog.int8, c.relfilenode::pg_catalog.int8, x.indrelid::pg_catalog.int8))
     from pg_catalog.pg_class c left join pg_catalog.pg_index x on x.indexrelid operator(pg_catalog.=) c.oid
     where c.relkind operator(pg_catalog.=) any ('{r,i,m,S}') and c.oid operator(pg_catalog.>=) 16384) as files,
    (select pg_catalog.json_agg(pg_catalog.json_build_array(relid::pg_catalog.int8, coalesce(seq_scan, 0) operator(pg_catalog.+) coalesce(idx_scan, 0)))
     from pg_catalog.pg_stat_xact_user_tables where seq_scan operator(pg_catalog.>) 0 or idx_scan operator(pg_catalog.>) 0) as scans,
    (select pg_catalog.json_object_agg(name, pg_catalog.json_build_array(setting, source)) from pg_catalog.pg_settings
     where name operator(pg_catalog.=) any ('{lock_timeout,statement_timeout}')) as settings`

/** Reads files, scans and time limits; the transaction must not have failed. */
export async function readState(connection: Connection): Promise<State> {
  const [row] = await connection.query<{
    files: readonly (readonly [number, number, number | null])[] | null
    scans: readonly (readonly [number, number])[] | null
    settings: Readonly<Record<string, readonly [string, string]>>
  }>(stateQuery)
  const limit = (name: string) => row?.settings[name] ?? ["0", "default"]
  return {
    files: new Map((row?.files ?? []).map(([oid, file, table]) => [oid, { file, table }])),
    scans: new Map(row?.scans ?? []),
    settings: {
      lockTimeoutMs: Number(limit("lock_timeout")[0]),
      statementTimeoutMs: Number(limit("statement_timeout")[0]),
      lockTimeoutSet: limit("lock_timeout")[1] === "session",
    },
  }
}

/** Reads, from a second connection, which known relations a session has locked, or waits to lock. */
export async function readLocks(
  observer: Connection,
  pid: number,
  known: ReadonlyMap<number, KnownRelation>,
): Promise<readonly Lock[]> {
  const rows = await observer.query<{ relation: number; mode: string }>(
    "select relation, mode from pg_catalog.pg_locks where pid = $1 and locktype = 'relation' and relation >= 16384",
    [pid],
  )
  return locksOn(
    rows.map(({ relation, mode }) => [relation, mode]),
    known,
  )
}

/** Leaves out the locks on relations that are not known. */
export function locksOn(
  locks: readonly (readonly [number, string])[],
  known: ReadonlyMap<number, KnownRelation>,
): readonly Lock[] {
  return locks.flatMap(([oid, mode]) => {
    const relation = known.get(oid)
    return relation === undefined ? [] : [{ relation, mode }]
  })
}
