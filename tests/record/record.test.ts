import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { PrismaPg } from "@prisma/adapter-pg"
import { sql as drizzleSql, eq } from "drizzle-orm"
import { drizzle as overPg } from "drizzle-orm/node-postgres"
import { integer, pgTable, text } from "drizzle-orm/pg-core"
import { drizzle as overPostgresJs } from "drizzle-orm/postgres-js"
import { Kysely, sql as kyselySql, PostgresDialect } from "kysely"
import pg from "pg"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { QueryManifest } from "../../src/queries/manifest.ts"
import { recordQueries, writeQueries } from "../../src/record/index.ts"
import { type TestDatabase, testDatabase } from "../database.ts"
import { type TestProject, testProject } from "../project.ts"

let db: TestDatabase
let project: TestProject
beforeAll(async () => {
  db = await testDatabase()
  project = await testProject({})
  await (await db.connect()).run("create table users (id int primary key, name text)")
})
afterAll(async () => {
  await db[Symbol.asyncDispose]()
  await project[Symbol.asyncDispose]()
})

let count = 0
/** A file for what is recorded, and what is in it by now; a place is `line` of this file. */
function place() {
  const file = join(project.root, `${++count}/queries.json`)
  return {
    options: { file },
    recorded(): readonly (readonly [string, string | undefined])[] {
      writeQueries()
      const { queries } = JSON.parse(readFileSync(file, "utf8")) as QueryManifest
      return queries.map(({ sql, from }) => [sql, from?.join(" ")] as const)
    },
  }
}

/** The line that calls it, as a manifest names it, whatever was done there. */
function here(_done?: unknown): unknown {
  const line = /record\.test\.ts:(\d+)/.exec(new Error().stack?.split("\n")[2] ?? "")?.[1]
  return expect.stringMatching(new RegExp(`record\\.test\\.ts:${line}$`))
}

const users = pgTable("users", { id: integer().primaryKey(), name: text() })

test("pg: a pool, its clients, and what only begins a transaction or changes the schema is not taken down", async () => {
  const { options, recorded } = place()
  const pool = recordQueries(new pg.Pool({ connectionString: db.url }), options)
  const one = here(await pool.query("select name from users where id = $1", [1]))
  const client = await pool.connect()
  await client.query("begin")
  const two = here(await client.query({ text: "delete from users\n  where id = $1", values: [1] }))
  await client.query("commit; create temp table t (); listen x")
  client.release()
  await new Promise((resolve) => pool.query("select 1 as one", resolve))
  await pool.end()
  expect(recorded()).toEqual([
    ["delete from users where id = $1", two],
    ["select 1 as one", expect.any(String)],
    ["select name from users where id = $1", one],
  ])
})

test("postgres.js: tagged, unsafe, in transactions; fragments are part of their query", async () => {
  const { options, recorded } = place()
  const sql = recordQueries(postgres(db.tcpUrl, { max: 2 }), options)
  const where = sql`where id = ${1}`
  const one = here(await sql`select name from users ${where}`)
  const two = here(await sql.unsafe("select id from users"))
  let three: unknown
  const rows = [
    { id: 7, name: "a" },
    { id: 8, name: "b" },
  ]
  await sql.begin(async (transaction) => {
    three = here(await transaction`insert into users ${transaction(rows)}`)
  })
  await sql.end()
  expect(recorded()).toEqual([
    [`insert into users ("id","name")values($1,$2)`, three],
    ["select id from users", two],
    ["select name from users where id = $1", one],
  ])
})

test.each(["pg", "postgres.js"])("Drizzle over %s", async (driver) => {
  const { options, recorded } = place()
  const pool = new pg.Pool({ connectionString: db.url })
  const sql = postgres(db.tcpUrl, { max: 1 })
  const database =
    driver === "pg"
      ? overPg(pool, { schema: { users } })
      : (overPostgresJs(sql, { schema: { users } }) as never as ReturnType<
          typeof overPg<{ users: typeof users }>
        >)
  recordQueries(database, options)
  const one = here(await database.select({ id: users.id }).from(users).where(eq(users.id, 1)))
  const two = here(await database.execute(drizzleSql`select 2 as two`))
  let three: unknown
  await database.transaction(async (transaction) => {
    three = here(await transaction.update(users).set({ name: "x" }))
  })
  // biome-ignore format: both on one line, whose number is asked for.
  const [four, ...both] = [here(), database.query.users.findFirst({ columns: { id: true } }), database.delete(users).where(eq(users.id, 3))]
  await Promise.all(both)
  await Promise.all([pool.end(), sql.end()])
  expect(recorded()).toEqual([
    [`delete from "users" where "users"."id" = $1`, four],
    [`select "id" from "users" "users" limit $1`, four],
    [`select "id" from "users" where "users"."id" = $1`, one],
    ["select 2 as two", two],
    [`update "users" set "name" = $1`, three],
  ])
})

test("Kysely: the database object with its transactions, and a dialect", async () => {
  const { options, recorded } = place()
  interface Tables {
    users: { id: number; name: string | null }
  }
  const open = () => new PostgresDialect({ pool: new pg.Pool({ connectionString: db.url }) })
  const database = recordQueries(new Kysely<Tables>({ dialect: open() }), options)
  const one = here(await database.selectFrom("users").select("name").where("id", "in", [1, 2]).execute())
  let two: unknown
  await database.transaction().execute(async (transaction) => {
    two = here(await transaction.deleteFrom("users").where("id", "=", 9).executeTakeFirst())
  })
  const three = here(await kyselySql`select ${1}::int as one`.execute(database))
  await database.destroy()
  const other = new Kysely<Tables>({ dialect: recordQueries(open(), options) })
  const four = here(await other.selectFrom("users").select("id").execute())
  await other.destroy()
  expect(recorded()).toEqual([
    [`delete from "users" where "id" = $1`, two],
    [`select "id" from "users"`, four],
    [`select "name" from "users" where "id" in ($1)`, one],
    ["select $1::int as one", three],
  ])
})

test("Prisma: the adapter that its client speaks through", async () => {
  const { options, recorded } = place()
  const adapter = await recordQueries(new PrismaPg({ connectionString: db.url }), options).connect()
  const none = { args: [], argTypes: [] }
  await adapter.queryRaw({ sql: `SELECT "public"."users"."id" FROM "public"."users"`, ...none })
  const transaction = await adapter.startTransaction()
  await transaction.executeRaw({ sql: `UPDATE "public"."users" SET "name" = NULL`, ...none })
  await transaction.rollback()
  await adapter.dispose()
  expect(recorded().map(([text]) => text)).toEqual([
    `SELECT "public"."users"."id" FROM "public"."users"`,
    `UPDATE "public"."users" SET "name" = NULL`,
  ])
})

test("several processes record into one file at the same time; what a test asks itself can be left out", async () => {
  const { options, recorded } = place()
  const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
  await project.write({
    "src/app.ts": "export const find = (pool, id) => pool.query(`select ${id}`)",
    "worker.ts": `
      import { recordQueries } from ${JSON.stringify(path("src/record/index.ts"))}
      import { find } from "./src/app.ts"
      const [, , file, worker] = process.argv
      const pool = recordQueries({ query() {} }, { file, from: "../src" })
      for (let i = 0; i < 30; i++) find(pool, 100 * worker + i)
      pool.query("select 'fixture'")`,
  })
  const run = (worker: number) =>
    promisify(execFile)(path("node_modules/.bin/jiti"), ["worker.ts", options.file, String(worker)], {
      cwd: project.root,
    })
  await Promise.all([run(1), run(2)])
  const queries = recorded()
  expect(queries.length).toBe(60)
  expect(queries[59]).toEqual(["select 229", "../src/app.ts:1"])
})

test("what is given must issue queries", () => {
  expect(() => recordQueries({})).toThrow(/nothing that issues queries/)
})
