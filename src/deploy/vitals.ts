import type { Connection } from "../db/connection.ts"
import { quoteLiteral } from "../sql/identifier.ts"

/** A session with an open transaction that is older than a minute. */
export interface LongTransaction {
  readonly pid: number
  readonly user: string | null
  readonly application: string | null
  /** As in `pg_stat_activity.state`. */
  readonly state: string | null
  readonly seconds: number
}

/** What is read of a server in one round trip. */
export interface Vitals {
  /** The server's clock; ISO 8601. */
  readonly now: string
  readonly sessionUser: string
  readonly superuser: boolean
  /** Roles that SET ROLE would take, predefined ones left out; of a superuser none is listed. */
  readonly mayBecome: readonly string[]
  /** Whether the role may make a schema in this database. */
  readonly mayCreate: boolean
  /** Whether the role owns the schema of the history, by itself or through another; null where there is none. */
  readonly ownsHistory: boolean | null
  /** Size of the database in bytes. */
  readonly bytes: number
  readonly transactions: readonly LongTransaction[]
  /** Sessions of others whose transactions this role may not see. */
  readonly hidden: number
  /** Prepared transactions older than a minute. */
  readonly prepared: number
  readonly invalidIndexes: readonly string[]
  /** Standbys that are connected. */
  readonly standbys: number
  /** The largest `replay_lag`, in seconds; null where no standby says one. */
  readonly lagSeconds: number | null
  /** The most log that an inactive replication slot keeps, in bytes; null where there is no such slot. */
  readonly keptBytes: number | null
}

/** Asks all of it. Every figure is one that an ordinary role may read. */
export async function readVitals(connection: Connection, schema: string): Promise<Vitals> {
  const member = connection.serverVersion >= 160_000 ? "SET" : "MEMBER"
  const [row] = await connection.query<{ vitals: string }>(
    `select pg_catalog.json_build_object(
  'now', pg_catalog.clock_timestamp(),
  'sessionUser', session_user,
  'superuser', (select rolsuper from pg_catalog.pg_roles where rolname = current_user),
  'mayBecome', (select coalesce(pg_catalog.json_agg(r.rolname order by r.rolname), '[]') from pg_catalog.pg_roles r
    where r.rolname <> current_user and not pg_catalog.starts_with(r.rolname::text, 'pg_')
      and not (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
      and pg_catalog.pg_has_role(current_user, r.oid, '${member}')),
  'mayCreate', pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create'),
  'ownsHistory', (select pg_catalog.pg_has_role(current_user, n.nspowner, 'usage') from pg_catalog.pg_namespace n where n.nspname = ${quoteLiteral(schema)}),
  'bytes', pg_catalog.pg_database_size(pg_catalog.current_database()),
  'transactions', (select coalesce(pg_catalog.json_agg(t order by t.seconds desc), '[]') from (
    select a.pid, a.usename as "user", a.application_name as application, a.state,
      pg_catalog.round(extract(epoch from pg_catalog.clock_timestamp() - a.xact_start))::int4 as seconds
    from pg_catalog.pg_stat_activity a
    where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
      and a.xact_start < pg_catalog.clock_timestamp() - interval '1 minute'
    order by a.xact_start limit 10) t),
  'hidden', (select pg_catalog.count(*) from pg_catalog.pg_stat_activity a
    where a.datname = pg_catalog.current_database() and a.query = '<insufficient privilege>'),
  'prepared', (select pg_catalog.count(*) from pg_catalog.pg_prepared_xacts p
    where p.database = pg_catalog.current_database() and p.prepared < pg_catalog.clock_timestamp() - interval '1 minute'),
  'invalidIndexes', (select coalesce(pg_catalog.json_agg(i.indexrelid::pg_catalog.regclass::text order by i.indexrelid::pg_catalog.regclass::text), '[]') from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relkind = 'i'
      and not exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = i.indexrelid)),
  'standbys', (select pg_catalog.count(*) from pg_catalog.pg_stat_replication),
  'lagSeconds', (select pg_catalog.max(extract(epoch from replay_lag)) from pg_catalog.pg_stat_replication),
  'keptBytes', (select pg_catalog.max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn))
    from pg_catalog.pg_replication_slots where not active and not pg_catalog.pg_is_in_recovery())
)::text as vitals`,
  )
  if (row === undefined) throw new Error("the server answered the question for its vitals with no row")
  return JSON.parse(row.vitals) as Vitals
}
