import { describe, expect, test } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { type UpgradeOptions, upgrade } from "../../src/api/upgrade.ts"
import type { ToolError } from "../../src/diagnostic.ts"
import type { RunEvent } from "../../src/runner/event.ts"
import { acquireLock } from "../../src/runner/lock.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { stateOf } from "./state.ts"

/** Longer than a test may take: what waits for the end of it instead of being interrupted fails. */
const tooLongMs = 600_000

/** Runs `upgrade` and aborts it a moment after the first event that is of this type. */
async function interruptAt(
  type: RunEvent["type"],
  options: UpgradeOptions,
  afterMs = 100,
): Promise<ToolError> {
  const controller = new AbortController()
  const onEvent = (event: RunEvent): void => {
    if (event.type === type) setTimeout(() => controller.abort(), afterMs)
  }
  const run = upgrade({ ...options, signal: controller.signal, onEvent })
  return run.then(
    () => Promise.reject(new Error("it was not interrupted")),
    (thrown) => thrown,
  )
}

async function events(db: TestDatabase): Promise<readonly string[]> {
  const connection = await db.connect()
  const rows = await connection.query<{ line: string }>(
    "select concat_ws(' ', kind, revision, error_code) as line from lockstep.event order by id",
  )
  return rows.map(({ line }) => line)
}

const users = { "a.sql": revision("aaaa", "", "create table users (id int);") }

describe("an interrupted run ends at once, is recorded, and can be run again:", () => {
  eachMajor("during a long statement", async (db) => {
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table users (id int);\nselect pg_sleep(600);"),
    })
    const options = { root: project.root, url: db.url }
    const error = await interruptAt("step-started", options)
    expect(error).toMatchObject({ code: "interrupted", exitCode: 130 })
    expect(await events(db)).toEqual(["interrupted aaaa interrupted"])
    await project.write({ "migrations/a.sql": users["a.sql"] })
    expect((await upgrade(options)).applied).toHaveLength(1)
  })

  test("while another runner works", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", "select 1;") })
    const lock = await acquireLock(db.connect, "lockstep", { waitMs: 0 })
    const error = await interruptAt("waiting-for-runner", { ...options, runnerWaitMs: tooLongMs })
    expect(error).toMatchObject({ code: "interrupted" })
    await lock.release()
    expect((await upgrade(options)).applied).toHaveLength(1)
  })

  test("in the pause before the next try for a lock", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.write({
      "migrations/b.sql": revision("bbbb", "aaaa", "alter table users add column email text;"),
    })
    const other = await db.connect()
    await other.run("begin; lock table users in access share mode")
    const error = await interruptAt("lock-not-available", {
      ...options,
      lockTimeoutMs: 100,
      retryDelayMs: tooLongMs,
    })
    expect(error).toMatchObject({ code: "interrupted" })
    expect(await events(db)).toEqual(["applied aaaa", "interrupted bbbb interrupted"])
  })

  /** Statements that wait for old transactions, and leave something half done when they are cancelled then. */
  const waiting: Record<string, { readonly setUp: string; readonly sql: string }> = {
    "CREATE INDEX CONCURRENTLY": {
      setUp: "create table users (id int);",
      sql: "create unique index concurrently users_id on users (id);",
    },
    "REINDEX CONCURRENTLY": {
      setUp: "create table users (id int);\ncreate index users_id on users (id);",
      sql: "reindex index concurrently users_id;",
    },
    "DROP INDEX CONCURRENTLY": {
      setUp: "create table users (id int);\ncreate index users_id on users (id);",
      sql: "drop index concurrently users_id;",
    },
    "DETACH PARTITION CONCURRENTLY": {
      setUp:
        "create table users (id int) partition by range (id);\ncreate table users_1 partition of users for values from (0) to (9);",
      sql: "alter table users detach partition users_1 concurrently;",
    },
  }
  for (const [name, { setUp, sql }] of Object.entries(waiting)) {
    eachMajor(`while ${name} waits for an old transaction`, async (db) => {
      await using uninterrupted = await testDatabase({ major: db.major })
      await using project = await testProject({
        "a.sql": revision("aaaa", "", setUp),
        "b.sql": revision("bbbb", "aaaa", sql),
      })
      const options = { root: project.root, url: db.url }
      await upgrade({ ...options, to: "aaaa" })
      const other = await db.connect()
      await other.run("begin; insert into users values (1)")
      const error = await interruptAt("step-started", options, 300)
      expect(error).toMatchObject({ code: "interrupted" })
      expect(await events(db)).toEqual(["applied aaaa", "interrupted bbbb interrupted"])

      await other.run("rollback")
      await upgrade(options)
      await upgrade({ ...options, url: uninterrupted.url })
      expect(await stateOf(other)).toEqual(await stateOf(await uninterrupted.connect()))
    })
  }

  test("between two revisions", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...users,
      "b.sql": revision("bbbb", "aaaa", "select pg_sleep(600);"),
    })
    const error = await interruptAt("revision-finished", { root: project.root, url: db.url }, 0)
    // The second one may have begun by then; either way the first stays and the second does not.
    expect(error).toMatchObject({ code: "interrupted" })
    expect(await events(db)).toEqual(["applied aaaa", "interrupted bbbb interrupted"])
  })

  test("before it began: then nothing is written", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const run = upgrade({ root: project.root, url: db.url, signal: AbortSignal.abort() })
    await expect(run).rejects.toMatchObject({ code: "interrupted" })
    const connection = await db.connect()
    expect(await connection.query("select to_regnamespace('lockstep') as schema")).toEqual([{ schema: null }])
  })
})

test("the look at what a downgrade would lose ends at once, too", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": revision("aaaa", "", "select 1;\n\n-- rollback\nselect pg_sleep(600);"),
  })
  const options = { root: project.root, url: db.url }
  await upgrade(options)
  const signal = AbortSignal.timeout(500)
  await expect(downgrade({ ...options, to: "base", signal })).rejects.toMatchObject({ code: "interrupted" })
})

describe("a deadline", () => {
  test("stops between two steps; the next run goes on", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "select 1;"),
      "b.sql": revision("bbbb", "aaaa", "select pg_sleep(3);\nselect 1;"),
    })
    const options = { root: project.root, url: db.url }
    const begun: string[] = []
    // On a machine that stands still for so long it comes before anything has run, which is no less clean.
    while (!begun.includes("bbbb")) {
      const onEvent = (event: RunEvent) => {
        if (event.type === "revision-started") begun.push(event.revision)
      }
      await expect(upgrade({ ...options, deadlineMs: 2_000, onEvent })).rejects.toMatchObject({
        code: "deadline-reached",
        exitCode: 5,
      })
    }
    const recorded = await events(db)
    expect(recorded.filter((event) => event.startsWith("applied"))).toEqual(["applied aaaa"])
    expect(recorded.at(-1)).toBe("interrupted bbbb deadline-reached")
    expect((await upgrade(options)).applied.map(({ id }) => id)).toEqual(["bbbb"])
  })

  test("counts the wait for another runner too", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    await upgrade({ root: project.root, url: db.url })
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", "select 1;") })
    const lock = await acquireLock(db.connect, "lockstep", { waitMs: 0 })
    const run = upgrade({ root: project.root, url: db.url, deadlineMs: 300, runnerWaitMs: tooLongMs })
    await expect(run).rejects.toMatchObject({ code: "runner-busy" })
    await lock.release()
  })

  test("is not slept through before the next try for a lock", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", "drop table users;") })
    const other = await db.connect()
    await other.run("begin; lock table users in access share mode")
    const run = upgrade({ ...options, lockTimeoutMs: 50, retryDelayMs: tooLongMs, deadlineMs: 500 })
    await expect(run).rejects.toMatchObject({ code: "deadline-reached" })
  })
})
