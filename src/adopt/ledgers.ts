/** The history table of another migration tool. */
export interface Ledger {
  readonly tool: string
  /** Name of its table, in whatever schema. */
  readonly table: string
  /** Columns that tell it from other tables of that name. */
  readonly columns: readonly string[]
  /** Further tables of the tool, in the same schema. */
  readonly beside?: readonly string[]
  /** Whether the schema that it is in belongs to the tool. */
  readonly ownsSchema?: true
  /** What a name in it says: that one migration is applied (the default), or also all before it. */
  readonly means?: "one" | "all up to it" | "all that it needs"
  /**
   * Query over the table, given as `t`, with one row for each name, oldest first: `name`, `state`, and `hash` where the
   * tool keeps one. State `failed` is what the tool itself would not go on from; `undone` does not count as applied;
   * `baseline` means that everything up to that version was there before.
   */
  readonly rows: string
}

/** One row of a ledger. */
export interface LedgerRow {
  readonly name: string
  readonly state: "applied" | "failed" | "undone" | "baseline"
  readonly hash: string | null
}

const all = (name: string, order: string, hash = "null::text") =>
  `select ${name} as name, 'applied' as state, ${hash} as hash from t order by ${order}`

/**
 * Ledgers that are recognised. Of two that share a table's name the one with more columns comes first.
 *
 * What the columns mean is each tool's own documentation or source: the tables that it makes are its interface.
 */
export const ledgers: readonly Ledger[] = [
  {
    tool: "Alembic",
    table: "alembic_version",
    columns: ["version_num"],
    means: "all that it needs",
    rows: all("version_num", "1"),
  },
  {
    tool: "Flyway",
    table: "flyway_schema_history",
    columns: ["installed_rank", "script", "success"],
    // The newest row of a version, or of a script without one, says what holds; SCHEMA is the creation of a schema.
    rows: `select case when type = 'BASELINE' then version else regexp_replace(script, '^.*/', '') end as name,
  case when type like 'UNDO%' or type = 'DELETE' then 'undone' when not success then 'failed' when type = 'BASELINE' then 'baseline' else 'applied' end as state,
  checksum::text as hash
from (select distinct on (coalesce(version, script)) version::text, script::text, type::text, checksum, success, installed_rank
  from t where type <> 'SCHEMA' order by coalesce(version, script), installed_rank desc) newest order by installed_rank`,
  },
  {
    tool: "Prisma",
    table: "_prisma_migrations",
    columns: ["migration_name", "finished_at", "rolled_back_at"],
    rows: `select migration_name as name,
  case when rolled_back_at is not null then 'undone' when finished_at is null then 'failed' else 'applied' end as state,
  checksum as hash
from (select distinct on (migration_name) * from t order by migration_name, started_at desc) newest order by started_at`,
  },
  {
    tool: "golang-migrate",
    table: "schema_migrations",
    columns: ["version", "dirty"],
    means: "all up to it",
    rows: `select version::text as name, case when dirty then 'failed' else 'applied' end as state, null::text as hash from t where version >= 0`,
  },
  {
    tool: "Supabase",
    table: "schema_migrations",
    columns: ["version", "statements"],
    beside: ["seed_files"],
    ownsSchema: true,
    rows: all("version", "version"),
  },
  {
    tool: "a table of its own",
    table: "schema_migrations",
    columns: ["version", "applied_at", "source"],
    rows: all("version::text", "applied_at, version", "source::text"),
  },
  {
    tool: "dbmate or Rails",
    table: "schema_migrations",
    columns: ["version"],
    beside: ["ar_internal_metadata"],
    rows: all("version::text", "version"),
  },
  {
    tool: "Knex",
    table: "knex_migrations",
    columns: ["name", "batch"],
    beside: ["knex_migrations_lock"],
    rows: all("name", "id"),
  },
  { tool: "node-pg-migrate", table: "pgmigrations", columns: ["name", "run_on"], rows: all("name", "id") },
  {
    tool: "Drizzle",
    table: "__drizzle_migrations",
    columns: ["hash", "created_at"],
    ownsSchema: true,
    rows: all("created_at::text", "created_at", "hash"),
  },
  {
    tool: "goose",
    table: "goose_db_version",
    columns: ["version_id", "is_applied"],
    rows: `select version_id::text as name, case when is_applied then 'applied' else 'undone' end as state, null::text as hash
from (select distinct on (version_id) version_id, is_applied, id from t where version_id > 0 order by version_id, id desc) newest order by id`,
  },
  {
    tool: "graphile-migrate",
    table: "migrations",
    columns: ["hash", "previous_hash", "filename"],
    beside: ["current"],
    ownsSchema: true,
    rows: all("filename", "filename"),
  },
  {
    tool: "TypeORM",
    table: "migrations",
    columns: ["id", "timestamp", "name"],
    beside: ["typeorm_metadata"],
    rows: all("name", "id"),
  },
  {
    tool: "Kysely",
    table: "kysely_migration",
    columns: ["name", "timestamp"],
    beside: ["kysely_migration_lock"],
    rows: all("name", "timestamp"),
  },
  { tool: "sql-migrate", table: "gorp_migrations", columns: ["id", "applied_at"], rows: all("id", "id") },
  { tool: "Sequelize", table: "SequelizeMeta", columns: ["name"], rows: all("name", "name") },
  {
    tool: "Liquibase",
    table: "databasechangelog",
    columns: ["id", "author", "orderexecuted"],
    beside: ["databasechangeloglock"],
    rows: all("id", "orderexecuted"),
  },
  {
    tool: "Django",
    table: "django_migrations",
    columns: ["app", "name"],
    rows: all("app || '.' || name", "id"),
  },
  {
    tool: "Atlas",
    table: "atlas_schema_revisions",
    columns: ["version", "executed_at", "applied", "total"],
    ownsSchema: true,
    rows: `select version as name, case when applied < total then 'failed' else 'applied' end as state, null::text as hash from t order by version`,
  },
]

/** Returns the ledger that a table is, by its name and its columns. */
export function ledgerOf(table: {
  readonly name: string
  readonly columns: readonly string[]
}): Ledger | undefined {
  return ledgers.find(
    (ledger) =>
      ledger.table === table.name && ledger.columns.every((column) => table.columns.includes(column)),
  )
}
