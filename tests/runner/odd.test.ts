import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import { startServer } from "../../src/scratch/embedded.ts"
import { eachMajor, majors, type TestDatabase, testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"

async function one(db: TestDatabase, sql: string): Promise<unknown> {
  const connection = await db.connect()
  const [row] = await connection.query(sql)
  return Object.values(row ?? {})[0]
}

describe("much at once:", () => {
  for (const [megabytes, header] of [
    [20, ""],
    [4, "-- transaction: none"],
  ] as const) {
    test(`a statement of ${megabytes} MB ${header}`, async () => {
      await using db = await testDatabase()
      const big = "x".repeat(megabytes * 1_000_000)
      const body = `create table big (body text);\ninsert into big values ('${big}');\nselect 1;`
      await using project = await testProject({ "a.sql": revision("aaaa", "", body, header) })
      await upgrade({ root: project.root, url: db.url })
      expect(await one(db, "select length(body) from big")).toBe(big.length)
    })
  }

  test("5,000 statements", async () => {
    await using db = await testDatabase()
    const inserts = Array.from({ length: 5_000 }, (_, id) => `insert into users values (${id});`)
    const body = ["create table users (id int);", ...inserts].join("\n")
    await using project = await testProject({ "a.sql": revision("aaaa", "", body) })
    await upgrade({ root: project.root, url: db.url })
    expect(await one(db, "select count(*)::int from users")).toBe(5_000)
  })

  test("100,000 rows of an answer that nobody reads, and 20,000 notices", async () => {
    await using db = await testDatabase()
    const body = `select repeat('x', 100) from generate_series(1, 100000);
do $$ begin for i in 1..20000 loop raise notice 'line %', i; end loop; end $$;`
    await using project = await testProject({ "a.sql": revision("aaaa", "", body) })
    const { events, onEvent } = recorder()
    await upgrade({ root: project.root, url: db.url, onEvent })
    expect(events.filter(({ type }) => type === "notice")).toHaveLength(20_000)
  })
})

describe("COPY", () => {
  const copy = (rows: string) =>
    `create table users (id int, name text);\ncopy users from stdin;\n${rows}\\.\nselect 1;`

  for (const header of ["", "-- transaction: none"]) {
    test(`takes its rows from the file ${header}`, async () => {
      await using db = await testDatabase()
      await using project = await testProject({
        "a.sql": revision("aaaa", "", copy("1\tone;\n2\t\\N\n3\ttab\\tand -- ü\n"), header),
      })
      await upgrade({ root: project.root, url: db.url })
      expect(await one(db, "select string_agg(concat(id, name), '|' order by id) from users")).toBe(
        "1one;|2|3tab\tand -- ü",
      )
    })
  }

  test("with a row that does not fit is rolled back, and the server's words are shown", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": revision("aaaa", "", copy("one\tx\n")) })
    await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject({
      code: "statement-failed",
      facts: {
        location: { file: "migrations/a.sql", line: 4 },
        details: [
          expect.stringContaining('context: COPY users, line 1, column id: "one"'),
          expect.anything(),
        ],
      },
    })
    expect(await one(db, "select to_regclass('users')")).toBeNull()
  })
})

describe("a revision that meddles with its transaction", () => {
  const meddling: Record<string, { sql: string; error: object }> = {
    "by COMMIT in a DO block": {
      sql: "do $$ begin commit; end $$;",
      error: {
        code: "statement-failed",
        facts: { sqlState: "2D000", hint: expect.stringContaining("-- transaction: none") },
      },
    },
    "by COMMIT in a procedure": {
      sql: "create procedure p() language plpgsql as $$ begin commit; end $$;\ncall p();",
      error: { code: "statement-failed", facts: { sqlState: "2D000" } },
    },
    "by making it read-only": {
      sql: "set transaction read only;",
      error: { code: "statement-failed", facts: { sqlState: "25006" } },
    },
    "by COMMIT itself": { sql: "commit;", error: { code: "transaction-control" } },
    "by ending its own session": {
      sql: "select pg_terminate_backend(pg_backend_pid());",
      error: { code: "connection-lost", exitCode: 5 },
    },
    "by recording itself": {
      sql: `insert into lockstep.revision (id, parents, title, file, checksum, repeatable, compatible, outcome, started_at, finished_at, duration_ms, run)
select 'aaaa', '{}', '', '', '', false, true, 'applied', now(), now(), 0, id from lockstep.run limit 1;`,
      error: { code: "runner-lock-lost" },
    },
  }
  for (const [name, { sql, error }] of Object.entries(meddling)) {
    test(`${name} is not applied, and nothing of it stays`, async () => {
      await using db = await testDatabase()
      await using project = await testProject({
        "a.sql": revision("aaaa", "", `create table users (id int);\n${sql}`),
      })
      await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject(error)
      expect(await one(db, "select to_regclass('users')")).toBeNull()
      const recorded = "select count(*)::int from lockstep.revision"
      if (name !== "by COMMIT itself") expect(await one(db, recorded)).toBe(0)
    })
  }

  test("by savepoints may do so", async () => {
    await using db = await testDatabase()
    const body = "create table users (id int);\nsavepoint s;\ndrop table users;\nrollback to s;\nrelease s;"
    await using project = await testProject({ "a.sql": revision("aaaa", "", body) })
    await upgrade({ root: project.root, url: db.url })
    expect(await one(db, "select to_regclass('users')::text")).toBe("users")
  })
})

describe("a statement that takes too long", () => {
  test("is stopped, and may be given more time by its revision", async () => {
    await using db = await testDatabase()
    const body = (header: string) => revision("aaaa", "", "select pg_sleep(0.3);", header)
    await using project = await testProject({ "a.sql": body("") })
    const options = { root: project.root, url: db.url, statementTimeoutMs: 100 }
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-timeout", exitCode: 1 })
    await project.write({ "migrations/a.sql": body("-- statement-timeout: 10min") })
    expect((await upgrade(options)).applied).toHaveLength(1)
  })
})

test("the limits that a role has for its statements are not those of the run", async () => {
  await using db = await testDatabase()
  const migrator = await db.role("login superuser")
  const admin = await db.connect()
  await admin.run(
    `alter role ${migrator} set statement_timeout = '150ms'; alter role ${migrator} set lock_timeout = '1ms'`,
  )
  await using project = await testProject({
    "a.sql": revision("aaaa", "", "create table users (id int);\nselect pg_sleep(0.3);"),
    "b.sql": revision(
      "bbbb",
      "aaaa",
      "select pg_sleep(0.3);\ncreate index concurrently on users (id);",
      "-- transaction: none",
    ),
  })
  expect((await upgrade({ root: project.root, url: db.urlOf(migrator) })).applied).toHaveLength(2)
  await admin.run(`drop owned by ${migrator}`)
})

describe("what the text does not show to need no transaction", () => {
  eachMajor("is run without one, step by step", async (db) => {
    const body = `create table parts (id int) partition by range (id);
create table parts_1 partition of parts for values from (0) to (9);
create index parts_id on parts (id);
reindex table parts;`
    await using project = await testProject({ "a.sql": revision("aaaa", "", body, "-- transaction: none") })
    expect((await upgrade({ root: project.root, url: db.url })).applied).toHaveLength(1)
  })
})

test("a server that restarts in the middle of a revision: nothing of it stays, and the next run goes on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lockstep-restart-"))
  // The server runs as another user where the tests run as root.
  await chmod(folder, 0o711)
  const dataDir = join(folder, "data")
  const major = majors.at(-1) as number
  const first = await startServer({ major, dataDir, durable: false })
  let second: Promise<Awaited<ReturnType<typeof startServer>>> | undefined
  try {
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table users (id int);"),
      "b.sql": revision("bbbb", "aaaa", "create table lost (id int);\nselect pg_sleep(600);"),
    })
    const options = { root: project.root, url: first.url() }
    const run = upgrade({
      ...options,
      onEvent: (event) => {
        if (event.type !== "step-started" || event.revision !== "bbbb" || event.step !== 2) return
        second = first.stop().then(() => startServer({ major, dataDir, durable: false, port: first.port }))
      },
    })
    await expect(run).rejects.toMatchObject({
      code: "connection-lost",
      facts: { data: { applied: [{ id: "aaaa" }] } },
    })
    await second
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", "create table lost (id int);") })
    const { applied } = await upgrade(options)
    expect(applied.map(({ id }) => id)).toEqual(["bbbb"])
  } finally {
    await (await second)?.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
