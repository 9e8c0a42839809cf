import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { testProject } from "../project.ts"
import { lockstep } from "./lockstep.ts"
import { checkedJson } from "./schemas.ts"

async function emptyFolder() {
  const root = await mkdtemp(join(tmpdir(), "lockstep-init-"))
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}

async function init(cwd: string, env: Record<string, string> = {}, ...words: string[]) {
  const { stdout, exit } = await lockstep(["init", "--yes", "--json", ...words], { cwd, env })
  expect(exit).toBe(0)
  return checkedJson("init", stdout).result as {
    readonly written: readonly string[]
    readonly kept: readonly string[]
    readonly migrations: Readonly<Record<string, unknown>>
    readonly database?: Readonly<Record<string, unknown>>
    readonly next: readonly { readonly says: string; readonly run?: string }[]
  }
}

const commandsOf = (next: readonly { readonly run?: string }[]) => next.map(({ run }) => run)

describe("a new project", () => {
  test("gets a configuration, a folder and .env.example, and is told what comes next", async () => {
    await using folder = await emptyFolder()
    const { written, kept, next } = await init(folder.root)
    expect(written).toEqual(["lockstep.config.json", "migrations/.gitkeep", ".env.example"])
    expect(kept).toEqual([])
    expect(commandsOf(next)).toEqual(['lockstep new "create users"', undefined])
    expect((await lockstep(["heads"], { cwd: folder.root })).stdout).toBe("no revisions\n")
  })

  test.each([
    ["lockstep.config.ts", { "../tsconfig.json": "{}" }],
    ["lockstep.config.ts", { "../package.json": '{ "devDependencies": { "typescript": "6" } }' }],
    ["lockstep.config.mjs", { "../package.json": "{}" }],
  ])("has its %s evaluated as it was written", async (name, files) => {
    await using project = await testProject(files)
    const { written } = await init(project.root)
    expect(written).toContain(name)
    expect((await lockstep(["heads"], { cwd: project.root })).stderr).toBe("")
  })

  test("is never overwritten: a second time keeps everything", async () => {
    await using folder = await emptyFolder()
    await init(folder.root)
    const before = await readFile(join(folder.root, "lockstep.config.json"), "utf8")
    const { written, kept } = await init(folder.root, {}, "--language", "mjs")
    expect(written).toEqual([])
    expect(kept).toEqual(["lockstep.config.json", ".env.example"])
    expect(await readFile(join(folder.root, "lockstep.config.json"), "utf8")).toBe(before)
    expect((await readdir(folder.root)).sort()).toEqual([
      ".env.example",
      "lockstep.config.json",
      "migrations",
    ])
  })

  test("works without a database that can be reached, and says so", async () => {
    await using folder = await emptyFolder()
    const { next, database } = await init(folder.root, {
      DATABASE_URL: "postgres://app:hunter2@127.0.0.1:1/app",
    })
    expect(database).toBeUndefined()
    expect(next[0]?.says).toContain("127.0.0.1:1")
    expect(JSON.stringify(next)).not.toContain("hunter2")
  })
})

describe("an existing project", () => {
  test("with migrations in another place and format: they are found and read as they are", async () => {
    await using project = await testProject({
      "../db/migrations/V1__users.sql": "create table users ();",
      "../db/migrations/V2__phone.sql": "alter table users add phone text;",
    })
    await rm(join(project.root, "migrations"), { recursive: true })
    const { migrations, written } = await init(project.root)
    expect(migrations).toEqual({ path: "db/migrations", count: 2, formats: ["flyway"] })
    expect(written).not.toContain("db/migrations/.gitkeep")
    expect((await lockstep(["heads"], { cwd: project.root })).stdout).toContain("phone")
  })

  test("with another tool's history: the way in is to take over what that says", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "20240101000000_users.sql": "create table users ();",
      "20240102000000_phone.sql": "alter table users add phone text;",
    })
    const connection = await db.connect()
    await connection.run(`create table users ();
      create table schema_migrations (version varchar primary key);
      insert into schema_migrations values ('20240101000000')`)
    const { database, next } = await init(project.root, { DATABASE_URL: db.url })
    expect(database).toMatchObject({
      tables: 1,
      managed: false,
      ledgers: [
        { tool: "dbmate or Rails", table: "public.schema_migrations", applied: 1, newest: "20240101000000" },
      ],
    })
    expect(next[0]).toMatchObject({
      says: expect.stringContaining("newest 20240101000000"),
      run: "lockstep adopt",
    })
  })

  test.each([
    ["Alembic", "create table alembic_version (version_num varchar(32) primary key)"],
    [
      "Flyway",
      "create table flyway_schema_history (installed_rank int, version text, description text, type text, script text, checksum int, success bool)",
    ],
    [
      "Prisma",
      "create table _prisma_migrations (migration_name text, checksum text, started_at timestamptz, finished_at timestamptz, rolled_back_at timestamptz)",
    ],
    ["golang-migrate", "create table schema_migrations (version bigint, dirty bool)"],
    ["Knex", "create table knex_migrations (id int, name text, batch int, migration_time timestamptz)"],
    ["node-pg-migrate", "create table pgmigrations (id int, name text, run_on timestamp)"],
    [
      "Drizzle",
      "create schema drizzle; create table drizzle.__drizzle_migrations (id int, hash text, created_at bigint)",
    ],
    ["goose", "create table goose_db_version (id int, version_id bigint, is_applied bool, tstamp timestamp)"],
    [
      "graphile-migrate",
      "create schema graphile_migrate; create table graphile_migrate.migrations (hash text, previous_hash text, filename text, date timestamptz)",
    ],
    ["TypeORM", "create table migrations (id int, timestamp bigint, name text)"],
    ["Sequelize", 'create table "SequelizeMeta" (name text)'],
  ])("with a history of %s: it is recognised", async (tool, sql) => {
    await using db = await testDatabase()
    await using folder = await emptyFolder()
    await (await db.connect()).run(sql)
    const { database } = await init(folder.root, { DATABASE_URL: db.url })
    expect(database).toMatchObject({ tables: 0, ledgers: [{ tool, applied: 0 }] })
  })

  test("with tables and no history: begin from a baseline", async () => {
    await using db = await testDatabase()
    await using folder = await emptyFolder()
    await (await db.connect()).run("create table users ()")
    const { next } = await init(folder.root, { DATABASE_URL: db.url })
    expect(commandsOf(next)[0]).toBe("lockstep adopt")
  })
})

describe("init --environment", () => {
  test("marks the database; a command for another environment is then refused", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "1_a.sql": "create table a ();" })
    const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
    const marked = await lockstep(["init", "--environment", "prod", "--protected"], at)
    expect(marked).toMatchObject({ exit: 0, stdout: `marked: ${db.name} is prod, protected\n` })
    const wrong = await lockstep(["upgrade", "--env", "staging"], at)
    expect(wrong.exit).toBe(3)
    expect(wrong.stderr).toContain("[wrong-environment]")
    expect((await lockstep(["upgrade"], at)).exit).toBe(4)
    expect((await lockstep(["upgrade", "--env", "prod"], at)).exit).toBe(0)
  })

  test("changes a mark only with a reason", async () => {
    await using db = await testDatabase()
    await using folder = await emptyFolder()
    const at = { cwd: folder.root, env: { DATABASE_URL: db.url } }
    await lockstep(["init", "--environment", "staging"], at)
    expect((await lockstep(["init", "--environment", "prod"], at)).exit).toBe(3)
    const changed = await lockstep(["init", "--environment", "prod", "--because", "renamed", "--json"], at)
    expect(checkedJson("init", changed.stdout)).toMatchObject({
      result: { environment: "prod", before: "staging" },
    })
  })

  test("an address from .env does not reach a protected database", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "1_a.sql": "create table a ();",
      "../.env": `DATABASE_URL=${db.url}\n`,
    })
    const at = { cwd: project.root, env: {} }
    expect((await lockstep(["status"], at)).exit).toBe(0)
    expect((await lockstep(["init", "--environment", "prod", "--protected"], at)).exit).toBe(0)
    const refused = await lockstep(["status", "--env", "prod"], at)
    expect(refused.exit).toBe(3)
    expect(refused.stderr).toContain("[dotenv-protected]")
  })
})
