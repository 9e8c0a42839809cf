import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** One revision of the benchmark: a table with a key that counts, a name and a time. */
export interface Table {
  readonly id: string
  readonly parent: string | undefined
  /** 1-based, five digits. */
  readonly number: string
  readonly create: string
  readonly drop: string
}

export function* tables(count: number): Generator<Table> {
  let parent: string | undefined
  for (let index = 1; index <= count; index += 1) {
    const number = String(index).padStart(5, "0")
    const id = idOf(index)
    const create = `create table bench_${number} (
  id serial primary key,
  name varchar(80) not null,
  created_at timestamptz not null default now()
);`
    yield { id, parent, number, create, drop: `drop table bench_${number};` }
    parent = id
  }
}

/** Twelve hexadecimal digits that look like chance and are the same in every run. */
function idOf(index: number): string {
  return (
    ((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0") + index.toString(16).padStart(4, "0")
  )
}

/** Writes `migrations/` as `lockstep new` would. */
export function writeLockstep(root: string, count: number): void {
  const folder = makeFolder(root, "migrations")
  for (const { id, parent, number, create, drop } of tables(count)) {
    const header = [
      `-- revision: ${id}`,
      ...(parent === undefined ? [] : [`-- parent: ${parent}`]),
      "-- created: 2024-01-01T00:00:00Z",
      `-- why: the benchmark needs table ${number}`,
    ]
    const text = `${header.join("\n")}\n\n${create}\n\n-- rollback\n${drop}\n`
    writeFileSync(join(folder, `202401${number}_create_bench_${number}.sql`), text)
  }
}

/** Writes one file a revision with its transaction and its history row, and `all.sql`, which includes them in order. */
export function writePsql(root: string, count: number): void {
  const folder = makeFolder(root, "files")
  const all = [
    "\\set ON_ERROR_STOP on",
    "create table history (id text primary key, checksum text not null, applied_at timestamptz not null default clock_timestamp());",
  ]
  for (const { id, number, create } of tables(count)) {
    const record = `insert into history (id, checksum) values ('${id}', '${"0".repeat(52)}${id}');`
    writeFileSync(join(folder, `${number}.sql`), `begin;\n${create}\n${record}\ncommit;\n`)
    all.push(`\\ir files/${number}.sql`)
  }
  writeFileSync(join(root, "all.sql"), `${all.join("\n")}\n`)
}

/** Writes files for dbmate. */
export function writeDbmate(root: string, count: number): void {
  const folder = makeFolder(root, "migrations")
  for (const { number, create, drop } of tables(count)) {
    writeFileSync(
      join(folder, `202401${number}_create_bench_${number}.sql`),
      `-- migrate:up\n${create}\n\n-- migrate:down\n${drop}\n`,
    )
  }
}

/** Writes files for node-pg-migrate. */
export function writeNodePgMigrate(root: string, count: number): void {
  const folder = makeFolder(root, "migrations")
  for (const { number, create, drop } of tables(count)) {
    writeFileSync(
      join(folder, `17040672${number}_create-bench-${number}.sql`),
      `-- Up Migration\n${create}\n\n-- Down Migration\n${drop}\n`,
    )
  }
}

/** Writes an environment for Alembic, one transaction a revision, its statements as `op.execute`. */
export function writeAlembic(root: string, count: number): void {
  makeFolder(root, "alembic")
  const folder = makeFolder(root, "alembic/versions")
  writeFileSync(join(root, "alembic.ini"), "[alembic]\nscript_location = alembic\n")
  writeFileSync(
    join(root, "alembic/env.py"),
    `import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["BENCH_URL"]).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
`,
  )
  for (const { id, parent, number, create, drop } of tables(count)) {
    writeFileSync(
      join(folder, `${id}_create_bench_${number}.py`),
      `"""create bench ${number}"""
from alembic import op

revision = "${id}"
down_revision = ${parent === undefined ? "None" : `"${parent}"`}
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""${create}""")


def downgrade():
    op.execute("""${drop}""")
`,
    )
  }
}

function makeFolder(root: string, name: string): string {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  return folder
}
