import { describe, expect, test } from "vitest"
import { history as listRevisions } from "../../src/api/history.ts"
import { previewUpgrade } from "../../src/api/preview.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"

const twoTables = {
  "a.sql": revision("aaaa", "", "create table users (id int primary key, email text);"),
  "b.sql": revision(
    "bbbb",
    "aaaa",
    "create table invoices (id int primary key, user_id int references users);",
  ),
}

async function tables(db: TestDatabase): Promise<string[]> {
  const connection = await db.connect()
  const rows = await connection.query<{ name: string }>(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  )
  return rows.map(({ name }) => name)
}

async function history(db: TestDatabase): Promise<readonly string[]> {
  const connection = await db.connect()
  const rows = await connection.query<{ id: string }>("select id from lockstep.revision order by sequence")
  return rows.map(({ id }) => id)
}

async function eventKinds(db: TestDatabase): Promise<readonly string[]> {
  const connection = await db.connect()
  const rows = await connection.query<{ line: string }>(
    "select concat_ws(' ', kind, revision, error_code) as line from lockstep.event order by id",
  )
  return rows.map(({ line }) => line)
}

describe("a folder of revisions", () => {
  eachMajor("is applied once, in the order of the graph, and recorded", async (db) => {
    await using project = await testProject(twoTables)
    const options = { root: project.root, url: db.url }

    const first = await upgrade(options)
    expect(first.applied.map(({ id }) => id)).toEqual(["aaaa", "bbbb"])
    expect(first.current).toEqual(["bbbb"])
    expect(await tables(db)).toEqual(["invoices", "users"])
    expect(await history(db)).toEqual(["aaaa", "bbbb"])
    expect(await eventKinds(db)).toEqual(["applied aaaa", "applied bbbb"])

    const second = await upgrade(options)
    expect(second.applied).toEqual([])
    const connection = await db.connect()
    expect(await connection.query("select count(*)::int as runs from lockstep.run")).toEqual([{ runs: 1 }])
  })

  test("says who ran what, from where", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    const actor = { user: "ci", host: "runner-7", commit: "c0ffee", release: "api:42", platform: "job 1" }
    await upgrade({ root: project.root, url: db.url, environment: "dev", actor })
    const connection = await db.connect()
    const [run] = await connection.query(
      "select command, database_user = current_user as me, os_user, host, source_commit, release, platform, environment from lockstep.run",
    )
    expect(run).toEqual({
      command: "upgrade",
      me: true,
      os_user: "ci",
      host: "runner-7",
      source_commit: "c0ffee",
      release: "api:42",
      platform: "job 1",
      environment: "dev",
    })
  })

  test("goes no further than it is asked to", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    await upgrade({ root: project.root, url: db.url, to: "aaaa" })
    expect(await history(db)).toEqual(["aaaa"])
    const { pending } = await status({ root: project.root, url: db.url })
    expect(pending.map(({ id }) => id)).toEqual(["bbbb"])
  })

  test("repeatables wait until nothing else is pending: they may build on all of it", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "V1__users.sql": "create table users (id int);",
      "V2__email.sql": "alter table users add column email text;",
      "R__emails.sql": "create or replace view emails as select email from users;",
    })
    const options = { root: project.root, url: db.url }
    expect((await upgrade({ ...options, to: "V1__users" })).applied.map(({ id }) => id)).toEqual([
      "V1__users",
    ])
    expect((await previewUpgrade({ ...options, to: "V1__users" })).revisions).toEqual([])
    expect((await upgrade(options)).applied.map(({ id }) => id)).toEqual(["V2__email", "R__emails"])
    const { revisions, repeatables } = await listRevisions({ ...options, withDatabase: true })
    expect(revisions.map(({ id }) => id)).toEqual(["V2__email", "V1__users"])
    expect(repeatables).toMatchObject([{ id: "R__emails", applied: { outcome: "applied" } }])
  })

  test("may be one transaction as a whole", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...twoTables,
      "c.sql": revision("cccc", "bbbb", "select 1 / 0;"),
    })
    await expect(upgrade({ root: project.root, url: db.url, singleTransaction: true })).rejects.toMatchObject(
      {
        code: "statement-failed",
      },
    )
    expect(await tables(db)).toEqual([])
    expect(await history(db)).toEqual([])
  })
})

describe("reading never writes", () => {
  test("status and preview leave an untouched database untouched", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    const options = { root: project.root, url: db.url }
    expect(await status(options)).toMatchObject({ managed: false, appliedCount: 0 })
    const { revisions } = await previewUpgrade(options)
    expect(revisions.map(({ id, mode, steps }) => [id, mode, steps?.length])).toEqual([
      ["aaaa", "transaction", 1],
      ["bbbb", "transaction", 1],
    ])
    const connection = await db.connect()
    expect(await connection.query("select to_regnamespace('lockstep') as schema")).toEqual([{ schema: null }])
  })
})

describe("a revision that fails", () => {
  eachMajor("is rolled back whole, recorded, and leaves the ones before it", async (db) => {
    await using project = await testProject({
      ...twoTables,
      "c.sql": revision(
        "cccc",
        "bbbb",
        "create table audit (id int);\ninsert into audit\n  select nothing from audit;",
      ),
    })
    const error = await upgrade({ root: project.root, url: db.url }).catch((thrown) => thrown)
    expect(error.diagnostic).toMatchObject({
      code: "statement-failed",
      message: 'revision cccc: column "nothing" does not exist',
      sqlState: "42703",
      location: { file: "migrations/c.sql", line: 6, column: 10, text: "  select nothing from audit" },
    })
    expect(error.facts.data.applied.map(({ id }: { id: string }) => id)).toEqual(["aaaa", "bbbb"])
    expect(await tables(db)).toEqual(["invoices", "users"])
    expect(await eventKinds(db)).toEqual(["applied aaaa", "applied bbbb", "failed cccc statement-failed"])
  })

  test("may be corrected and run again", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": revision("aaaa", "", "create tabel users (id int);") })
    const options = { root: project.root, url: db.url }
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    await project.write({ "migrations/a.sql": revision("aaaa", "", "create table users (id int);") })
    await upgrade(options)
    expect(await history(db)).toEqual(["aaaa"])
  })

  test("when what it verifies does not hold", async () => {
    await using db = await testDatabase()
    const body = "create table users (id int);\n\n-- verify\nselect exists (select from users);"
    await using project = await testProject({ "a.sql": revision("aaaa", "", body) })
    await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject({
      code: "verify-failed",
      message: "revision aaaa: the query returned false",
    })
    expect(await tables(db)).toEqual([])
  })

  test("at COMMIT, over a deferred constraint", async () => {
    await using db = await testDatabase()
    const body = `create table users (id int primary key);
create table invoices (user_id int references users deferrable initially deferred);
insert into invoices values (1);`
    await using project = await testProject({ "a.sql": revision("aaaa", "", body) })
    await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject({
      code: "statement-failed",
      facts: { sqlState: "23503" },
    })
    expect(await history(db)).toEqual([])
  })
})

describe("what a revision does to the session", () => {
  test("ends with it: search_path, role and settings do not reach the next one or the history", async () => {
    await using db = await testDatabase()
    const role = await db.role("nologin")
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        `create schema app; grant all on schema app to ${role};
set role ${role}; set search_path = app; set work_mem = '1MB'; create table users (id int);`,
      ),
      "b.sql": revision("bbbb", "aaaa", "create table invoices (id int);"),
    })
    await upgrade({ root: project.root, url: db.url })
    const connection = await db.connect()
    const owners = await connection.query(
      "select relname, relnamespace::regnamespace::text as schema, relowner::regrole = current_user::regrole as mine from pg_class where relname in ('users', 'invoices') order by 1",
    )
    expect(owners).toEqual([
      { relname: "invoices", schema: "public", mine: true },
      { relname: "users", schema: "app", mine: false },
    ])
    await db.connect().then((own) => own.run(`drop owned by ${role}`))
  })
})

describe("before the first statement", () => {
  test("an edited revision is named", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.write({ "migrations/a.sql": revision("aaaa", "", "create table users (id int);") })
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "revision-edited",
      facts: { subject: "aaaa" },
    })
    const { findings } = await status(options)
    expect(findings.map(({ code }) => code)).toEqual(["revision-edited"])
  })

  test("comments and white space are no edit", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.write({
      "migrations/a.sql": revision(
        "aaaa",
        "",
        "-- all people\ncreate table users\r\n(id int primary key, email text)",
      ),
    })
    expect((await upgrade(options)).applied).toEqual([])
  })

  test("a database that is ahead of the folder is told from one that misses a file", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.remove("migrations/b.sql")
    await expect(upgrade(options)).rejects.toMatchObject({ code: "database-ahead" })
    await project.write({ "migrations/c.sql": revision("cccc", "aaaa", "select 1;") })
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "revision-missing",
      facts: { subject: "bbbb" },
    })
  })

  test("a revision that slipped in before an applied one is refused, unless allowed", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "001_a.sql": "select 1;", "003_c.sql": "select 3;" })
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.write({ "migrations/002_b.sql": "select 2;" })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "out-of-order" })
    const { applied } = await upgrade({ ...options, outOfOrder: "allow" })
    expect(applied.map(({ id }) => id)).toEqual(["002_b"])
  })

  test("several heads are not chosen between", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...twoTables,
      "c.sql": revision("cccc", "aaaa", "create table agents (id int);"),
    })
    const options = { root: project.root, url: db.url }
    await expect(upgrade(options)).rejects.toMatchObject({ code: "multiple-heads" })
    expect((await upgrade({ ...options, to: "heads" })).applied).toHaveLength(3)
  })

  test("a statement that cannot run beside the others is refused while nothing has run", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...twoTables,
      "c.sql": revision(
        "cccc",
        "bbbb",
        "create index concurrently on users (email);\nalter table users add phone text;",
      ),
    })
    await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject({
      code: "mixed-transaction",
    })
    expect(await tables(db)).toEqual([])
  })

  test("a database with newer tables than this version knows is refused", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    const connection = await db.connect()
    await connection.run("update lockstep.meta set value = '999' where key = 'format'")
    await expect(status(options)).rejects.toMatchObject({ code: "history-newer" })
  })
})

describe("progress", () => {
  test("is told as it happens", async () => {
    await using db = await testDatabase()
    await using project = await testProject(twoTables)
    const { events, onEvent } = recorder()
    await upgrade({ root: project.root, url: db.url, onEvent })
    expect(events.map(({ type }) => type)).toEqual([
      "connected",
      "planned",
      "revision-started",
      "step-started",
      "step-finished",
      "revision-finished",
      "revision-started",
      "step-started",
      "step-finished",
      "revision-finished",
      "recorded",
    ])
  })
})
