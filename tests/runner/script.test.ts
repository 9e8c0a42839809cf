import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { markEnvironment } from "../../src/api/environment.ts"
import { type ScriptUpgradeOptions, scriptUpgrade } from "../../src/api/preview.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { acquireLock } from "../../src/runner/lock.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, type TestProject, testProject } from "../project.ts"
import { stateOf } from "./state.ts"

const psql = "/usr/bin/psql"
const withPsql = existsSync(psql)
if (!withPsql) console.warn(`SKIPPED: what scripts do is not tested, because there is no ${psql}`)

/** Runs a script with psql as its reader would, without a start-up file. */
async function runScript(sql: string, url: string) {
  const child = spawn(psql, ["-X", "-q", "-d", url, "-f", "-"], { stdio: ["pipe", "pipe", "pipe"] })
  let stderr = ""
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString()
  })
  child.stdout.resume()
  child.stdin.on("error", () => undefined).end(sql)
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { exit, stderr }
}

async function script(project: TestProject, options: Partial<ScriptUpgradeOptions> = {}): Promise<string> {
  return (await scriptUpgrade({ root: project.root, cache: false, ...options })).sql
}

/** A second database at the same place, brought there by `upgrade`. */
async function upgraded(project: TestProject, major: number, to: string = "heads", options = {}) {
  const db = await testDatabase({ major })
  await upgrade({ root: project.root, url: db.url, cache: false, to, ...options })
  return db
}

const everything = {
  "a.sql": revision(
    "aaaa",
    "",
    `create schema app;
create type app.plan as enum ('free', 'paid');
set search_path = app;
create table users (id int primary key, email text, plan plan default 'free', parent int references users deferrable initially deferred);
insert into users values (2, 'zwei ✓ €', 'free', 1), (1, 'back\\slash', 'paid', null);
create function greet() returns text language sql begin atomic; select 'hello'; end;

-- verify
select count(*) = 2 from app.users;
select 1 as one, true as ok, false as not_the_first;`,
  ),
  "b.sql": revision(
    "bbbb",
    "aaaa",
    "copy app.users (id, email) from stdin;\n3\ttab\\tand ü\n4\t\\N\n\\.\ncreate table app.tags (id int, names text[]);\ninsert into app.tags values (1, (array['a','b','c'])[1:2]);",
  ),
  "c.sql": revision(
    "cccc",
    "bbbb",
    `set search_path = app;
insert into tags values (2, null);
create index concurrently users_email on users (email);
alter type plan add value 'gone';
update users set plan = 'gone' where id = 4;
create procedure fill() language plpgsql as $$ begin insert into app.tags values (3, null); commit; end $$;
call fill();

-- verify
select exists (select from app.users where plan = 'gone');`,
    "-- transaction: none",
  ),
  "d.sql": revision("dddd", "cccc", "drop index concurrently app.users_email;"),
  "e.sql": revision("eeee", "dddd", "select 1;", "-- phase: expand"),
}

describe.skipIf(!withPsql)("a script, run with psql,", () => {
  eachMajor("leaves what `upgrade` leaves: catalog, rows and history", async (db) => {
    await using project = await testProject(everything)
    await project.write({
      "views/R__paying.sql": "create or replace view app.paying as select id from app.users;",
    })
    const migrations = ["migrations", "views"]
    const sql = await script(project, { migrations })
    expect(await runScript(sql, db.url)).toEqual({ exit: 0, stderr: "" })
    await using other = await upgraded(project, db.major, "heads", { migrations })
    expect(await stateOf(await db.connect())).toEqual(await stateOf(await other.connect()))
    const connection = await db.connect()
    expect(await connection.query("select distinct command from lockstep.run")).toEqual([
      { command: "upgrade --sql" },
    ])
    expect((await upgrade({ root: project.root, url: db.url, migrations, to: "heads" })).applied).toEqual([])
  })

  eachMajor("may begin where a database is", async (db) => {
    await using project = await testProject(everything)
    await upgrade({ root: project.root, url: db.url, to: "bbbb" })
    expect(await runScript(await script(project, { range: "bbbb:head" }), db.url)).toEqual({
      exit: 0,
      stderr: "",
    })
    await using other = await upgraded(project, db.major)
    expect(await stateOf(await db.connect())).toEqual(await stateOf(await other.connect()))
  })

  test("works in a schema with an odd name that an administrator has made", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": everything["a.sql"] })
    const historySchema = `Our "history"`
    const connection = await db.connect()
    await connection.run(`create schema "Our ""history"""`)
    expect(await runScript(await script(project, { historySchema }), db.url)).toEqual({ exit: 0, stderr: "" })
    expect((await upgrade({ root: project.root, url: db.url, historySchema })).applied).toEqual([])
  })

  test("holds ids and verifications that look like its own quotes", async () => {
    await using db = await testDatabase()
    const id = "V1__it's $lockstep$ \\x %s"
    await using project = await testProject({
      [`${id}.sql`]: "create table users (id int);\n\n-- verify\nselect '$lockstep$' is not null;",
    })
    expect(await runScript(await script(project), db.url)).toEqual({ exit: 0, stderr: "" })
    expect((await upgrade({ root: project.root, url: db.url })).current).toEqual([id])
  })

  test("is not printed for a range that ends before it begins", async () => {
    await using project = await testProject(everything)
    await expect(script(project, { range: "heads:base" })).rejects.toMatchObject({ code: "wrong-direction" })
  })

  test("stops at once when it is run a second time", async () => {
    await using db = await testDatabase()
    await using project = await testProject(everything)
    const whole = await script(project)
    const part = await script(project, { range: "bbbb:head" })
    await runScript(whole, db.url)
    const before = await stateOf(await db.connect())
    for (const sql of [whole, part]) {
      const { exit, stderr } = await runScript(sql, db.url)
      expect(exit).toBe(3)
      expect(stderr).toContain("is applied here already")
    }
    expect(await stateOf(await db.connect())).toEqual(before)
  })

  const elsewhere: Record<string, { at?: string; range: string; environment?: string; says: string }> = {
    "has no history": { range: "aaaa:head", says: "this database has no Lockstep history" },
    "is not there yet": { at: "aaaa", range: "bbbb:head", says: "this script begins after bbbb" },
    "is at another place": { at: "bbbb", range: "base:head", says: "aaaa, bbbb is applied here already" },
    "is another environment": {
      at: "aaaa",
      range: "aaaa:head",
      environment: "prod",
      says: "this database is marked as environment staging, and the script was made for prod",
    },
  }
  for (const [name, { at, range, environment, says }] of Object.entries(elsewhere)) {
    test(`stops at once where the database ${name}`, async () => {
      await using db = await testDatabase()
      await using project = await testProject(everything)
      if (at !== undefined) await upgrade({ root: project.root, url: db.url, to: at })
      if (environment !== undefined) await markEnvironment({ url: db.url, name: "staging" })
      const connection = await db.connect()
      const events = "select count(*)::int as events from lockstep.event"
      const before = at === undefined ? [] : await connection.query(events)
      const sql = await script(project, { range, ...(environment === undefined ? {} : { environment }) })
      const { exit, stderr } = await runScript(sql, db.url)
      expect(exit).toBe(3)
      expect(stderr).toContain(says)
      if (at !== undefined) expect(await connection.query(events)).toEqual(before)
    })
  }

  test("stops where a revision is half applied, and after it was stopped half way itself, `upgrade` finishes", async () => {
    await using db = await testDatabase()
    const body = (bad: string) =>
      revision(
        "bbbb",
        "aaaa",
        `insert into users values (1);\ncreate index concurrently users_id on users (id);\n${bad};\ninsert into users values (2);`,
        "-- transaction: none",
      )
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table users (id int);"),
      "b.sql": body("select 1 / 0"),
    })
    expect((await runScript(await script(project), db.url)).stderr).toContain("division by zero")
    const again = await runScript(await script(project, { range: "aaaa:head" }), db.url)
    expect(again.stderr).toContain("bbbb was begun by an interrupted run; finish it with lockstep upgrade")
    await project.write({ "migrations/b.sql": body("select 1") })
    await upgrade({ root: project.root, url: db.url })
    const connection = await db.connect()
    expect(await connection.query("select id from users order by 1")).toEqual([{ id: 1 }, { id: 2 }])
  })

  test("rolls back where a verification returns false", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        "create table users (id int);\n\n-- verify\nselect exists (select from users);",
      ),
    })
    const { exit, stderr } = await runScript(await script(project), db.url)
    expect(exit).toBe(3)
    expect(stderr).toContain("revision aaaa: a verification returned false")
    const connection = await db.connect()
    expect(await connection.query("select to_regclass('users') as users")).toEqual([{ users: null }])
  })

  test("does not work beside a runner", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table users (id int);"),
      "b.sql": revision("bbbb", "aaaa", "create table invoices (id int);"),
    })
    await upgrade({ root: project.root, url: db.url, to: "aaaa" })
    const lock = await acquireLock(db.connect, "lockstep", { waitMs: 0 })
    const { exit, stderr } = await runScript(await script(project, { range: "aaaa:head" }), db.url)
    expect(exit).toBe(3)
    expect(stderr).toContain('could not obtain lock on relation "lockstep.lock"')
    await lock.release()
  })
})

describe("of a program", () => {
  const ts = (body: string) => ({
    "a.ts": `// revision: aaaa\n\nexport default { async *up({ sql, query }: any) { ${body} } }\n`,
  })

  test.skipIf(!withPsql)("there is a script where it only computes", async () => {
    await using db = await testDatabase()
    await using project = await testProject(
      ts("for (const name of ['a', 'b']) yield `create table ${name} ()`"),
    )
    expect(await runScript(await script(project), db.url)).toEqual({ exit: 0, stderr: "" })
    const connection = await db.connect()
    expect(await connection.query("select to_regclass('b')::text as b")).toEqual([{ b: "b" }])
  })

  test("there is none where it reads, or passes values apart from the text", async () => {
    const bodies = [
      "await query('select 1'); yield 'select 1'",
      "const rows = yield 'select 1'; yield `select ${rows[0].x}`",
      "yield sql`select ${1}`",
    ]
    for (const body of bodies) {
      await using project = await testProject(ts(body))
      await expect(script(project)).rejects.toMatchObject({ code: "revision-needs-database" })
    }
  })
})
