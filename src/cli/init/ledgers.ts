/** The history table of another migration tool. */
export interface Ledger {
  readonly tool: string
  /** Name of its table, in whatever schema. */
  readonly table: string
  /** Columns that tell it from other tables of that name. */
  readonly columns: readonly string[]
  /** Expression for the name of an applied migration. */
  readonly name: string
  /** Orders applied migrations, oldest first. */
  readonly order: string
  /** Which rows count as applied. Default: all. */
  readonly where?: string
}

/** Ledgers that are recognised. Of two that share a table's name the one with more columns comes first. */
export const ledgers: readonly Ledger[] = [
  {
    tool: "Alembic",
    table: "alembic_version",
    columns: ["version_num"],
    name: "version_num",
    order: "version_num",
  },
  {
    tool: "Flyway",
    table: "flyway_schema_history",
    columns: ["installed_rank", "script", "success"],
    name: "script",
    order: "installed_rank",
    where: "success and version is not null",
  },
  {
    tool: "Prisma",
    table: "_prisma_migrations",
    columns: ["migration_name", "finished_at", "rolled_back_at"],
    name: "migration_name",
    order: "started_at",
    where: "finished_at is not null and rolled_back_at is null",
  },
  {
    tool: "golang-migrate",
    table: "schema_migrations",
    columns: ["version", "dirty"],
    name: "version::text",
    order: "version",
  },
  {
    tool: "Supabase",
    table: "schema_migrations",
    columns: ["version", "statements"],
    name: "version",
    order: "version",
  },
  {
    tool: "dbmate or Rails",
    table: "schema_migrations",
    columns: ["version"],
    name: "version",
    order: "version",
  },
  { tool: "Knex", table: "knex_migrations", columns: ["name", "batch"], name: "name", order: "id" },
  { tool: "node-pg-migrate", table: "pgmigrations", columns: ["name", "run_on"], name: "name", order: "id" },
  {
    tool: "Drizzle",
    table: "__drizzle_migrations",
    columns: ["hash", "created_at"],
    name: "created_at::text",
    order: "created_at",
  },
  {
    tool: "goose",
    table: "goose_db_version",
    columns: ["version_id", "is_applied"],
    name: "version_id::text",
    order: "id",
    where: "is_applied and version_id > 0",
  },
  {
    tool: "graphile-migrate",
    table: "migrations",
    columns: ["hash", "previous_hash", "filename"],
    name: "filename",
    order: "filename",
  },
  { tool: "TypeORM", table: "migrations", columns: ["id", "timestamp", "name"], name: "name", order: "id" },
  {
    tool: "Kysely",
    table: "kysely_migration",
    columns: ["name", "timestamp"],
    name: "name",
    order: "timestamp",
  },
  { tool: "Sequelize", table: "SequelizeMeta", columns: ["name"], name: "name", order: "name" },
  {
    tool: "Liquibase",
    table: "databasechangelog",
    columns: ["id", "author", "orderexecuted"],
    name: "id",
    order: "orderexecuted",
  },
  {
    tool: "Django",
    table: "django_migrations",
    columns: ["app", "name"],
    name: "app || '.' || name",
    order: "id",
  },
  {
    tool: "Atlas",
    table: "atlas_schema_revisions",
    columns: ["version", "executed_at"],
    name: "version",
    order: "version",
  },
]
