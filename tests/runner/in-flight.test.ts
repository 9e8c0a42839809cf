import { describe, expect, test, vi } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { stamp } from "../../src/api/stamp.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { recorder, revision, type TestProject, testProject } from "../project.ts"
import { startProxy } from "../proxy.ts"

const stepwise = "-- transaction: none"
const tables = {
  "a.sql": revision("aaaa", "", "create table users (id int);\ncreate table log (line text);"),
}

function optionsOf(project: TestProject, db: TestDatabase) {
  return { root: project.root, url: db.url, cache: false as const }
}

/** A database in which the second step of bbbb has failed, and its first has run. */
async function halfRun(project: TestProject, db: TestDatabase): Promise<void> {
  await project.write({
    "migrations/b.sql": revision(
      "bbbb",
      "aaaa",
      "insert into log values ('first');\nselect 1 / 0;",
      stepwise,
    ),
  })
  await expect(upgrade(optionsOf(project, db))).rejects.toMatchObject({ code: "statement-failed" })
}

async function logged(db: TestDatabase): Promise<readonly string[]> {
  const connection = await db.connect()
  const rows = await connection.query<{ line: string }>("select line from log order by line")
  return rows.map(({ line }) => line)
}

describe("a revision that was begun", () => {
  test("and whose file is gone must be forgotten, with a reason", async () => {
    await using db = await testDatabase()
    await using project = await testProject(tables)
    await halfRun(project, db)
    const options = optionsOf(project, db)
    await project.remove("migrations/b.sql")
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "revision-in-flight",
      exitCode: 3,
      facts: { subject: "bbbb" },
    })
    expect((await status(options)).findings.map(({ code }) => code)).toEqual(["revision-in-flight"])
    await expect(stamp({ ...options, forget: ["bbbb"] })).rejects.toMatchObject({ code: "reason-needed" })
    const because = "removed its row by hand"
    expect(await stamp({ ...options, forget: ["bbbb"], because })).toMatchObject({ forgotten: ["bbbb"] })
    expect((await status(options)).inFlight).toEqual([])
    expect((await upgrade(options)).applied).toEqual([])
    const connection = await db.connect()
    expect(
      await connection.query("select revision, details from lockstep.event where kind = 'steps-forgotten'"),
    ).toEqual([{ revision: "bbbb", details: { because } }])
  })

  test("does not keep another branch from its upgrade, and is mentioned", async () => {
    await using db = await testDatabase()
    await using project = await testProject(tables)
    await halfRun(project, db)
    await project.write({
      "migrations/c.sql": revision("cccc", "aaaa", "insert into log values ('hotfix');"),
    })
    const { applied, warnings } = await upgrade({ ...optionsOf(project, db), to: "cccc" })
    expect(applied.map(({ id }) => id)).toEqual(["cccc"])
    expect(warnings.map(({ code, subject }) => [code, subject])).toEqual([["revision-in-flight", "bbbb"]])
  })

  test("keeps what it was built on from being undone", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table log (line text);\n\n-- rollback\ndrop table log;"),
    })
    await halfRun(project, db)
    await expect(downgrade({ ...optionsOf(project, db), to: "base" })).rejects.toMatchObject({
      code: "revision-in-flight",
    })
    expect(await logged(db)).toEqual(["first"])
  })

  test("may be stamped, and is begun anew when that is taken back", async () => {
    await using db = await testDatabase()
    await using project = await testProject(tables)
    await halfRun(project, db)
    const options = optionsOf(project, db)
    await stamp({ ...options, to: "bbbb", unverified: true })
    await stamp({ ...options, to: "aaaa", unverified: true })
    expect((await status(options)).inFlight).toEqual([])
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    expect(await logged(db)).toEqual(["first", "first"])
  })
})

describe("what may be edited between two runs:", () => {
  eachMajor(
    "a step that the server refused, also where its slip was the name of something to remove",
    async (db) => {
      const body = (index: string, partition: string) =>
        revision(
          "bbbb",
          "aaaa",
          `drop index concurrently ${index};\nalter table log detach partition ${partition} concurrently;`,
          stepwise,
        )
      await using project = await testProject({
        "a.sql": revision(
          "aaaa",
          "",
          "create table log (at int) partition by range (at);\ncreate table old partition of log for values from (0) to (9);\ncreate table users (id int);\ncreate index users_id on users (id);",
        ),
        "b.sql": body("user_id", "olt"),
      })
      const options = optionsOf(project, db)
      await expect(upgrade(options)).rejects.toMatchObject({ facts: { sqlState: "42704" } })
      await project.write({ "migrations/b.sql": body("users_id", "olt") })
      await expect(upgrade(options)).rejects.toMatchObject({ facts: { sqlState: "42P01" } })
      await project.write({ "migrations/b.sql": body("users_id", "old") })
      await upgrade(options)
      const connection = await db.connect()
      expect(
        await connection.query(
          "select (select count(*)::int from pg_inherits) as partitions, to_regclass('users_id') as index",
        ),
      ).toEqual([{ partitions: 0, index: null }])
    },
  )

  test("not: a step that has run and is left out now", async () => {
    await using db = await testDatabase()
    await using project = await testProject(tables)
    const body = "insert into log values ('first');\ninsert into log values ('second');\nselect 1 / 0;"
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", body, stepwise) })
    const options = optionsOf(project, db)
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    await project.write({
      "migrations/b.sql": revision("bbbb", "aaaa", "insert into log values ('first');", stepwise),
    })
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "revision-changed-in-flight",
      facts: { details: ["it ran as: insert into log values ('second')"] },
    })
  })

  test("not: that it runs step by step", async () => {
    await using db = await testDatabase()
    await using project = await testProject(tables)
    await halfRun(project, db)
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", "insert into log values ('first');") })
    await expect(upgrade(optionsOf(project, db))).rejects.toMatchObject({
      code: "revision-changed-in-flight",
    })
    expect(await logged(db)).toEqual(["first"])
  })

  test("a repeatable as a whole: it starts over", async () => {
    await using db = await testDatabase()
    await using project = await testProject(tables)
    const repeatable = (first: string, second: string) => ({
      "views/R__v.sql": `${stepwise}\n\ninsert into log values ('${first}');\n${second};\n`,
    })
    await project.write(repeatable("one", "select 1 / 0"))
    const options = { ...optionsOf(project, db), migrations: ["migrations", "views"] }
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    await project.write(repeatable("two", "select 1"))
    await upgrade(options)
    expect(await logged(db)).toEqual(["one", "two"])
    expect((await status(options)).inFlight).toEqual([])
  })

  test("the check at its end, without running a step again", async () => {
    await using db = await testDatabase()
    await using project = await testProject(tables)
    const body = (verify: string) =>
      revision("bbbb", "aaaa", `insert into log values ('first');\n\n-- verify\n${verify};`, stepwise)
    await project.write({ "migrations/b.sql": body("select false") })
    const options = optionsOf(project, db)
    await expect(upgrade(options)).rejects.toMatchObject({ code: "verify-failed" })
    await project.write({ "migrations/b.sql": body("select count(*) = 1 from log") })
    await upgrade(options)
    expect(await logged(db)).toEqual(["first"])
  })
})

describe("an interrupted downgrade", () => {
  const undoable = {
    "a.sql": revision("aaaa", "", "create table users (id int);\ncreate table log (line text);"),
    "b.sql": revision(
      "bbbb",
      "aaaa",
      `create index users_id on users (id);

-- rollback
drop index concurrently users_id;`,
    ),
    "c.sql": revision(
      "cccc",
      "bbbb",
      `create table extra (id int);
create index extra_id on extra (id);

-- rollback
drop index concurrently extra_id;
drop index concurrently users_gone;`,
    ),
  }

  test("is finished by another downgrade; an upgrade would build on a half", async () => {
    await using db = await testDatabase()
    await using project = await testProject(undoable)
    const options = optionsOf(project, db)
    await upgrade(options)
    const down = { ...options, to: "bbbb", acceptDataLoss: true }
    await expect(downgrade(down)).rejects.toMatchObject({ code: "statement-failed" })
    await project.write({ "migrations/d.sql": revision("dddd", "cccc", "select 1;") })
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "revision-in-flight",
      facts: { subject: "cccc" },
    })
    const connection = await db.connect()
    await connection.run("create index users_gone on users (id)")
    expect((await downgrade(down)).reverted.map(({ id }) => id)).toEqual(["cccc"])
    expect((await status(options)).inFlight).toEqual([])
  })
})

describe("a step whose outcome nobody can look up", () => {
  const commits = `create or replace procedure fill() language plpgsql as $$
begin
  insert into log values ('first'); commit;
  if (select count(*) from log) < 2 then raise 'not yet'; end if;
end $$;`
  const files = {
    ...tables,
    "b.sql": revision("bbbb", "aaaa", `${commits}\ncall fill();`, stepwise),
  }

  test("is asked about, also when it failed: it may have committed before", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = optionsOf(project, db)
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    expect(await logged(db)).toEqual(["first"])
    await expect(upgrade(options)).rejects.toMatchObject({ code: "step-outcome-unknown", exitCode: 4 })
    expect(await logged(db)).toEqual(["first"])
    await upgrade({ ...options, unknownOutcome: "again" })
    expect(await logged(db)).toEqual(["first", "first"])
  })

  test("may be declared done", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = optionsOf(project, db)
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    await upgrade({ ...options, unknownOutcome: "done" })
    expect(await logged(db)).toEqual(["first"])
  })
})

test("a statement of a lost run that is still running is waited for", async () => {
  await using db = await testDatabase()
  await using proxy = await startProxy(db.tcpUrl)
  await using project = await testProject({
    ...tables,
    "b.sql": revision("bbbb", "aaaa", "create index concurrently users_id on users (id);"),
  })
  const options = optionsOf(project, db)
  await upgrade({ ...options, to: "aaaa" })
  const other = await db.connect()
  await other.run("begin; insert into users values (1)")
  const through = parseConnection(proxy.url, {})
  const direct = parseConnection(db.url, {})
  const lost = upgrade({
    root: project.root,
    connect: (purpose) => connect(purpose === undefined ? through : direct, purpose),
  })
  const building = `select from pg_stat_activity where datname = current_database() and state = 'active'
    and wait_event_type = 'Lock' and query ~ '^create index concurrently'`
  const observer = await db.connect()
  await vi.waitUntil(async () => (await observer.query(building)).length > 0, { timeout: 120_000 })
  proxy.cutClients()
  await expect(lost).rejects.toMatchObject({ code: "connection-lost" })
  const { events, onEvent } = recorder()
  const next = upgrade({
    ...options,
    onEvent: (event) => {
      onEvent(event)
      if (event.type === "notice") void other.run("commit")
    },
  })
  expect((await next).applied).toHaveLength(1)
  const told = events.flatMap((event) => (event.type === "notice" ? [event.message] : []))
  expect(told).toEqual([expect.stringContaining("still runs on the server")])
  expect(await other.query("select indisvalid from pg_index where indrelid = 'users'::regclass")).toEqual([
    { indisvalid: true },
  ])
})
