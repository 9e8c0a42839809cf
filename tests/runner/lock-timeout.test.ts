import { describe, expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import type { Connection } from "../../src/db/connection.ts"
import type { RunEvent } from "../../src/runner/event.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"

const users = { "a.sql": revision("aaaa", "", "create table users (id int primary key, email text);") }
const phone = { "b.sql": revision("bbbb", "aaaa", "alter table users add column phone text;") }
const quick = { lockTimeoutMs: 100, retryDelayMs: 20 }
/** As long as it takes until somebody was seen in the way: on a busy machine a try may be over before that. */
const untilSeen = { ...quick, lockAttempts: 1000, retryMaxDelayMs: 50 }

/** A session that reads the table and stays idle in its transaction. */
async function blocker(db: TestDatabase): Promise<Connection> {
  const connection = await db.connect("report")
  await connection.run("begin; select count(*) from users")
  return connection
}

describe("a revision that does not get its lock", () => {
  eachMajor("rolls back, says who is in the way, tries again, and goes on when they leave", async (db) => {
    await using project = await testProject({ ...users, ...phone })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const other = await blocker(db)
    const told: RunEvent[] = []
    const { applied } = await upgrade({
      ...options,
      ...untilSeen,
      onEvent: (event) => {
        if (event.type !== "lock-not-available" || event.blockers.length === 0) return
        told.push(event)
        void other.run("commit")
      },
    })
    expect(applied[0]?.attempts).toBeGreaterThan(1)
    expect(told[0]).toMatchObject({
      revision: "bbbb",
      blockers: [
        {
          pid: other.announcedPid,
          application: expect.stringContaining("report"),
          user: db.server.user,
          state: "idle in transaction",
          query: "begin; select count(*) from users",
        },
      ],
    })
  })

  test("gives up after its tries, and names those who were in the way", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ ...users, ...phone })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const other = await blocker(db)
    const { events, onEvent } = recorder()
    const limits = { lockTimeoutMs: 500, retryDelayMs: 20, lockAttempts: 3 }
    const error = await upgrade({ ...options, ...limits, onEvent }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: "lock-not-available", exitCode: 5 })
    expect(error.facts.details[0]).toMatch(
      new RegExp(
        `^in the way: pid ${other.announcedPid}, .*report.*, idle in transaction, .*: begin; select count`,
      ),
    )
    const tries = events.flatMap((event) => (event.type === "revision-started" ? [event.attempt] : []))
    expect(tries).toEqual([1, 2, 3])
    await other.run("commit")
    expect((await upgrade(options)).applied).toHaveLength(1)
  })

  test("is in nobody's way while it pauses", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...users,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "create table first (id int);\nalter table users add column phone text;",
      ),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const other = await blocker(db)
    let open: unknown
    const stop = new AbortController()
    const run = upgrade({
      ...options,
      ...quick,
      retryDelayMs: 600_000,
      signal: stop.signal,
      onEvent: async (event) => {
        if (event.type !== "lock-not-available") return
        ;[open] = await other.query(
          "select count(*)::int as open from pg_stat_activity where datname = current_database() and application_name = 'lockstep upgrade' and xact_start is not null",
        )
        stop.abort()
      },
    })
    await expect(run).rejects.toMatchObject({ code: "interrupted" })
    expect(open).toEqual({ open: 0 })
  })

  test("at COMMIT, over a deferred constraint, keeps within its time limit too", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        "create table users (id int primary key);\ninsert into users values (1);\ncreate table orders (user_id int references users deferrable initially deferred);",
      ),
      "b.sql": revision("bbbb", "aaaa", "insert into orders values (1);"),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const other = await db.connect()
    await other.run("begin; delete from users where id = 1")
    await expect(upgrade({ ...options, ...quick, lockAttempts: 2 })).rejects.toMatchObject({
      code: "lock-not-available",
    })
    await other.run("rollback")
    expect((await upgrade(options)).applied).toHaveLength(1)
  })

  test("tries again with a session as clean as the first time", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...users,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "prepare twice as select 1;\nselect pg_advisory_lock(7);\nalter table users add column phone text;",
      ),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const other = await blocker(db)
    const onEvent = ({ type }: RunEvent) => {
      if (type === "lock-not-available") void other.run("commit")
    }
    const { applied } = await upgrade({ ...options, ...quick, onEvent })
    expect(applied).toMatchObject([{ id: "bbbb", attempts: expect.any(Number) }])
  })
})

describe("a step that does not get its lock", () => {
  test("is tried again by itself: what the steps before it have set stays set", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...users,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        `create schema app;
set search_path = app, public;
create temp table found as select 1 as id;
alter table users add column phone text;
create table in_app as select id from found;`,
        "-- transaction: none",
      ),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const other = await blocker(db)
    const onEvent = ({ type }: RunEvent) => {
      if (type === "lock-not-available") void other.run("commit")
    }
    const { applied } = await upgrade({ ...options, ...quick, onEvent })
    expect(applied[0]?.attempts).toBeGreaterThan(1)
    expect(await other.query("select to_regclass('app.in_app')::text as name")).toEqual([
      { name: "app.in_app" },
    ])
  })

  eachMajor("with a limit of its own, leaves no invalid index behind when it is tried again", async (db) => {
    await using project = await testProject({
      ...users,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "create index concurrently users_email on users (email);",
        "-- lock-timeout: 100ms",
      ),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const other = await db.connect("writer")
    await other.run("begin; insert into users values (1)")
    const { events, onEvent } = recorder()
    await upgrade({
      ...options,
      ...untilSeen,
      onEvent: (event) => {
        onEvent(event)
        if (event.type === "lock-not-available" && event.blockers.length > 0) void other.run("commit")
      },
    })
    const told = events.flatMap((event) => (event.type === "lock-not-available" ? event.blockers : []))
    expect(told[0]).toMatchObject({ pid: other.announcedPid })
    expect(
      await other.query(
        "select relname, indisvalid from pg_index join pg_class c on c.oid = indexrelid where indrelid = 'users'::regclass order by 1",
      ),
    ).toEqual([
      { relname: "users_email", indisvalid: true },
      { relname: "users_pkey", indisvalid: true },
    ])
  })
})

test("a deadlock is tried again", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": revision(
      "aaaa",
      "",
      "create table counters (name text primary key, value int);\ninsert into counters values ('x', 0), ('y', 0);",
    ),
    "b.sql": revision(
      "bbbb",
      "aaaa",
      `set local deadlock_timeout = '50ms';
update counters set value = value + 1 where name = 'x';
select pg_sleep(0.3);
update counters set value = value + 1 where name = 'y';`,
    ),
  })
  const options = { root: project.root, url: db.url }
  await upgrade({ ...options, to: "aaaa" })
  const other = await db.connect()
  await other.run(
    "begin; set local deadlock_timeout = '20s'; update counters set value = 10 where name = 'y'",
  )
  let blocked: Promise<unknown> | undefined
  const { events, onEvent } = recorder()
  await upgrade({
    ...options,
    retryDelayMs: 20,
    onEvent: (event) => {
      onEvent(event)
      if (event.type === "step-started" && event.step === 3) {
        blocked ??= other.run("update counters set value = 10 where name = 'x'; commit")
      }
    },
  })
  await blocked
  expect(events.filter(({ type }) => type === "lock-not-available")).toHaveLength(1)
  expect(await other.query("select value from counters")).toEqual([{ value: 11 }, { value: 11 }])
})

describe("a revision that touches Lockstep's own schema", () => {
  test.each([100, 0])(
    "so that it would wait for the run's own lock is told so (limit %d ms)",
    async (lockTimeoutMs) => {
      await using db = await testDatabase()
      await using project = await testProject({
        ...users,
        "b.sql": revision("bbbb", "aaaa", "drop schema lockstep cascade;"),
      })
      const { events, onEvent } = recorder()
      const run = upgrade({ root: project.root, url: db.url, ...quick, lockTimeoutMs, onEvent })
      await expect(run).rejects.toMatchObject({
        code: "statement-failed",
        message: "revision bbbb: it waits for the lock that this run itself holds",
        exitCode: 1,
      })
      // Within the short limit there may have been no time to look.
      const unseen = events.flatMap((event) => (event.type === "lock-not-available" ? event.blockers : []))
      expect(unseen).toEqual([])
    },
  )

  test("so that it cannot be recorded is rolled back", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...users,
      "b.sql": revision("bbbb", "aaaa", "create table kept (id int);\ndrop table lockstep.revision cascade;"),
    })
    await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject({
      code: "history-damaged",
    })
    const connection = await db.connect()
    expect(await connection.query("select id from lockstep.revision")).toEqual([{ id: "aaaa" }])
    expect(await connection.query("select to_regclass('kept') as kept")).toEqual([{ kept: null }])
  })
})
