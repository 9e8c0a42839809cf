import { describe, expect, test } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { deleteApplied } from "../../src/history/record.ts"
import type { RunEvent } from "../../src/runner/event.ts"
import { acquireLock } from "../../src/runner/lock.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"
import { startProxy } from "../proxy.ts"
import { historyOf } from "./state.ts"

const files = {
  "a.sql": revision("aaaa", "", "create table users (id int);\ninsert into users values (1);"),
  "b.sql": revision("bbbb", "aaaa", "create index concurrently on users (id);"),
  "c.sql": revision("cccc", "bbbb", "insert into users values (2);"),
}

/** A statement that lasts until the gate of the database is opened. */
const untilGate = `do $$ begin
  while not exists (select from public.gate) loop perform pg_sleep(0.02); end loop;
end $$`

async function gateOf(db: TestDatabase): Promise<{ readonly open: () => void }> {
  const connection = await db.connect()
  await connection.run("create table public.gate (open boolean)")
  return { open: () => void connection.run("insert into public.gate values (true)") }
}

async function appliedIds(db: TestDatabase): Promise<string[]> {
  const connection = await db.connect()
  const rows = await connection.query<{ id: string }>("select id from lockstep.revision order by sequence")
  return rows.map(({ id }) => id)
}

describe("ten runners at once", () => {
  eachMajor("on an empty database: each revision runs once, whoever makes the history", async (db) => {
    await using project = await testProject(files)
    const results = await Promise.all(
      Array.from({ length: 10 }, () => upgrade({ root: project.root, url: db.url, cache: false })),
    )
    expect(results.flatMap(({ applied }) => applied.map(({ id }) => id))).toEqual(["aaaa", "bbbb", "cccc"])
    for (const { current } of results) expect(current).toEqual(["cccc"])
    const connection = await db.connect()
    expect(await connection.query("select count(*)::int as rows from users")).toEqual([{ rows: 2 }])
    expect((await historyOf(connection)).slice(3)).toEqual([
      "aaaa applied 1 times",
      "bbbb applied 1 times",
      "cccc applied 1 times",
    ])
  })

  test("or one after the other: whoever lost the network lets go of the lock in time", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await upgrade({ root: project.root, url: db.url })
    await using proxy = await startProxy(db.tcpUrl)
    const lock = await acquireLock(() => connect(parseConnection(proxy.url, {})), "lockstep", { waitMs: 0 })
    proxy.blackHole()
    // Where it waited for an answer, this test would run out of its time.
    await lock.release()
  })

  test("that must not wait: one works, the others leave and name it", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", `create table users (id int);\n${untilGate}`),
    })
    const gate = await gateOf(db)
    let left = 0
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, async () => {
        const run = upgrade({ root: project.root, url: db.url, runnerWaitMs: 0 })
        await run.catch(() => {
          left += 1
          if (left === 9) gate.open()
        })
        return run
      }),
    )
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []))
    expect(new Set(reasons.map(({ code }) => code))).toEqual(new Set(["runner-busy"]))
    expect(reasons[0]).toMatchObject({ exitCode: 5 })
    expect(await appliedIds(db)).toEqual(["aaaa"])
  })
})

describe("a runner that waits", () => {
  test("is told who works, and since when", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await upgrade({ root: project.root, url: db.url, to: "aaaa" })
    const lock = await acquireLock(db.connect, "lockstep", { waitMs: 0 })
    const { events, onEvent } = recorder()
    const waiting = upgrade({ root: project.root, url: db.url, runnerWaitMs: 200, onEvent })
    await expect(waiting).rejects.toMatchObject({
      code: "runner-busy",
      facts: { data: { holder: { pid: lock.pid, user: db.server.user } } },
    })
    const [told] = events.filter(({ type }) => type === "waiting-for-runner")
    // The first thing that is said: progress shows it once, as the wait begins.
    expect(told).toMatchObject({
      waitedMs: 0,
      holder: {
        pid: lock.pid,
        client: expect.stringMatching(/./),
        since: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    })
    await lock.release()
  })

  test("applies what the other one has undone in the meantime, too", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table a (id int);"),
      "b.sql": revision("bbbb", "aaaa", "create table b (id int);"),
      "c.sql": revision("cccc", "bbbb", "create table c (id int);"),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "bbbb" })
    const lock = await acquireLock(db.connect, "lockstep", { waitMs: 0 })
    const onEvent = async ({ type }: { type: string }) => {
      if (type !== "waiting-for-runner") return
      const other = await db.connect()
      const [run] = await other.query<{ id: string }>("select id from lockstep.run")
      await other.run(`drop table b; ${deleteApplied("lockstep", run?.id ?? "", "bbbb", "reverted")}`)
      await lock.release()
    }
    const { applied } = await upgrade({ ...options, onEvent: (event) => void onEvent(event) })
    expect(applied.map(({ id }) => id)).toEqual(["bbbb", "cccc"])
  })

  test("undoes what the other one has applied in the meantime, too", async () => {
    await using db = await testDatabase()
    const undoable = (name: string) => `create table ${name} (id int);\n\n-- rollback\ndrop table ${name};`
    await using project = await testProject({
      "a.sql": revision("aaaa", "", undoable("a")),
      "b.sql": revision("bbbb", "aaaa", undoable("b")),
      "c.sql": revision("cccc", "bbbb", undoable("c")),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "bbbb" })
    let other: Promise<unknown> | undefined
    const first = upgrade({
      ...options,
      onEvent: ({ type }) => {
        // From here on it has the lock, and the other one has looked at a history without cccc.
        if (type === "planned") other = downgrade({ ...options, to: "aaaa" })
      },
    })
    await first
    expect(await other).toMatchObject({ reverted: [{ id: "cccc" }, { id: "bbbb" }] })
    expect(await appliedIds(db)).toEqual(["aaaa"])
  })
})

describe("a runner whose lock's connection is ended", () => {
  const holder =
    "select pid from pg_locks where database = (select oid from pg_database where datname = current_database()) and relation = 'lockstep.lock'::regclass and mode = 'ExclusiveLock'"

  async function endLock(db: TestDatabase): Promise<void> {
    const connection = await db.connect()
    await connection.query(`select pg_terminate_backend(pid) from (${holder}) as holder`)
  }

  /** A statement that lasts until the lock is free, and until what the server said of it is old. */
  const untilLost = `do $$
begin
  while exists (${holder}) loop perform pg_sleep(0.02); end loop;
  perform pg_sleep(0.3);
end $$`

  test.each([
    ["and tells it", false],
    ["without a word", true],
  ])("%s, stops, and keeps nothing of the revision it was in", async (_, silent) => {
    await using db = await testDatabase()
    await using proxy = await startProxy(db.tcpUrl)
    const through = parseConnection(proxy.url, {})
    const direct = parseConnection(db.url, {})
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table users (id int);"),
      "b.sql": revision("bbbb", "aaaa", `create table lost (id int);\n${untilLost};\nselect 1;`),
      "c.sql": revision("cccc", "bbbb", "create table never (id int);"),
    })
    const options = { root: project.root, url: db.url }
    let ending: Promise<void> | undefined
    const run = upgrade({
      root: project.root,
      connect: (purpose) => connect(purpose === "lock" ? through : direct, purpose),
      onEvent: (event) => {
        if (event.type !== "revision-started" || event.revision !== "bbbb") return
        if (silent) proxy.blackHole()
        ending = endLock(db)
      },
    })
    await expect(run).rejects.toMatchObject({ code: "runner-lock-lost", exitCode: 5 })
    await ending
    expect(await appliedIds(db)).toEqual(["aaaa"])
    const connection = await db.connect()
    expect(await connection.query("select error_code from lockstep.event where kind = 'failed'")).toEqual([
      { error_code: "runner-lock-lost" },
    ])
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", "create table lost (id int);") })
    expect((await upgrade(options)).applied.map(({ id }) => id)).toEqual(["bbbb", "cccc"])
  })

  test("stops before its next step, and the next run goes on there", async () => {
    await using db = await testDatabase()
    const body = (second: string) =>
      revision(
        "aaaa",
        "",
        `create table users (id int);\n${second};\ninsert into users values (1);`,
        "-- transaction: none",
      )
    await using project = await testProject({ "a.sql": body(untilLost) })
    const options = { root: project.root, url: db.url }
    let ending: Promise<void> | undefined
    const run = upgrade({
      ...options,
      onEvent: (event) => {
        if (event.type === "step-started" && event.step === 2) ending = endLock(db)
      },
    })
    await expect(run).rejects.toMatchObject({ code: "runner-lock-lost" })
    await ending
    const connection = await db.connect()
    expect(await connection.query("select count(*)::int as rows from users")).toEqual([{ rows: 0 }])
    await project.write({ "migrations/a.sql": body("select 1") })
    await upgrade(options)
    expect(await connection.query("select count(*)::int as rows from users")).toEqual([{ rows: 1 }])
  })

  test("without its hearing of that runs no step that another runner has begun meanwhile", async () => {
    await using db = await testDatabase()
    await using proxy = await startProxy(db.tcpUrl)
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        `create table users (id int);
create table gate (open boolean);
do $$
begin
  insert into users values (1);
  while not exists (select from gate) loop perform pg_sleep(0.02); end loop;
end $$;`,
        "-- transaction: none",
      ),
    })
    const through = parseConnection(proxy.url, {})
    const direct = parseConnection(db.url, {})
    const atGate = (start: () => void) => (event: RunEvent) => {
      if (event.type === "step-started" && event.step === 3) start()
    }
    let second: Promise<unknown> | undefined
    const first = upgrade({
      root: project.root,
      connect: (purpose) => connect(purpose === "lock" ? through : direct, purpose),
      onEvent: atGate(() => {
        // Its lock goes, and no word of that reaches it.
        proxy.blackHole()
        second = endLock(db).then(() =>
          upgrade({
            root: project.root,
            url: db.url,
            // By then it has the lock; whether its step is written down already makes no difference.
            onEvent: atGate(() => void db.connect().then((c) => c.run("insert into gate values (true)"))),
          }),
        )
      }),
    })
    const results = await Promise.allSettled([first, first.catch(() => undefined).then(() => second)])
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []))
    expect(reasons).toEqual(["runner-lock-lost"])
    const connection = await db.connect()
    expect(await connection.query("select count(*)::int as rows from users")).toEqual([{ rows: 1 }])
  })
})

describe("the application's role", () => {
  eachMajor("can neither take the lock nor see more of the history than one view", async (db) => {
    await using project = await testProject(files)
    const role = await db.role()
    await upgrade({ root: project.root, url: db.url, applicationRoles: [role] })
    const application = await db.connectAs(role)
    const modes = ["access share", "row exclusive", "share", "exclusive", "access exclusive"]
    for (const mode of modes) {
      await expect(
        application.run(`begin; lock table lockstep.lock in ${mode} mode nowait; commit`),
      ).rejects.toMatchObject({
        fields: { sqlState: "42501" },
      })
      await application.run("rollback")
    }
    expect(await application.query("select id from lockstep.applied order by id")).toHaveLength(3)
    await expect(application.query("select from lockstep.event")).rejects.toMatchObject({
      fields: { sqlState: "42501" },
    })
    await db.connect().then((owner) => owner.run(`drop owned by ${role}`))
  })

  test("must exist", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await expect(
      upgrade({ root: project.root, url: db.url, applicationRoles: ["no_such_role"] }),
    ).rejects.toMatchObject({ code: "unknown-role", exitCode: 2 })
  })
})
