import { expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import { waitForSchema } from "../../src/app/index.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { startProxy } from "../proxy.ts"
import { application, likePg, pgPool } from "./application.ts"

const files = {
  "1_users.sql": revision("aaaa", "", "create table users (id int, name text);"),
  "2_invoices.sql": revision("bbbb", "aaaa", "create table invoices (id int);"),
}
/** For what comes: however long it takes, within the time of a test. */
const soon = { intervalMs: 20, timeoutMs: 600_000 }

/**
 * Returns how a wait ends that is too short for what it waits for, and long enough for one answer of the database: a
 * machine that is busy may need more time for that one, too.
 */
async function endOf(wait: (timeoutMs: number) => Promise<unknown>): Promise<unknown> {
  for (let timeoutMs = 100; ; timeoutMs *= 3) {
    const error = await wait(timeoutMs).catch((thrown: unknown) => thrown)
    if ((error as { readonly code?: unknown }).code !== "cannot-connect") return error
  }
}

test("waits while an upgrade runs, through every state that it goes through", async () => {
  await using db = await testDatabase()
  const untilSeen =
    "do $$ begin while not exists (select from seen) loop perform pg_sleep(0.02); end loop; end $$"
  await using app = await application(db, {
    ...files,
    "3_slow.sql": revision("cccc", "bbbb", untilSeen),
  })
  const connection = await db.connect()
  await connection.run("create table seen ()")
  let upgrading: Promise<void> | undefined
  const onWait = (reason: unknown) => {
    const { code } = reason as { readonly code?: unknown }
    if (code === "schema-not-managed") upgrading ??= app.upgrade()
    if (code === "schema-behind") void connection.run("insert into seen default values")
  }
  const waiting = waitForSchema(app.client, { ...app.build, ...soon, onWait })
  expect(await waiting).toEqual({ needed: 3, ahead: [] })
  await upgrading
})

test("waits for rights that the upgrade has yet to give", async () => {
  await using db = await testDatabase()
  await using app = await application(db, files)
  await upgrade({ ...app.build, url: db.url })
  const waiting = waitForSchema(app.client, { ...app.build, ...soon })
  await (await db.connect()).run(
    `select pg_sleep(0.1); grant usage on schema lockstep to ${app.role}; grant select on lockstep.applied to ${app.role}`,
  )
  expect(await waiting).toMatchObject({ needed: 2 })
})

test("waits for a server that is not there yet", async () => {
  await using db = await testDatabase()
  await using app = await application(db, files)
  await app.upgrade()
  let refusals = 3
  const client = {
    query: async (sql: string) => {
      if (refusals-- > 0) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
      return app.client.query(sql)
    },
  }
  expect(await waitForSchema(client, { ...app.build, ...soon })).toMatchObject({ needed: 2 })
})

test("gives up in time, with what was the case last", async () => {
  await using db = await testDatabase()
  await using app = await application(db, files)
  await app.upgrade("aaaa")
  const behind = (timeoutMs: number) => waitForSchema(app.client, { ...app.build, ...soon, timeoutMs })
  expect(await endOf(behind)).toMatchObject({ code: "schema-behind" })
  await using pool = await pgPool("postgres://app@127.0.0.1:1/app")
  const refused = (timeoutMs: number) => waitForSchema(pool, { ...app.build, ...soon, timeoutMs })
  expect(await endOf(refused)).toMatchObject({ code: "ECONNREFUSED" })
})

test("says what it knows where the last look has no time left for an answer", async () => {
  await using db = await testDatabase()
  await using app = await application(db, files)
  await app.upgrade("aaaa")
  const silent = (timeoutMs: number) => {
    let looks = 0
    const query = (sql: string) => {
      return looks++ === 0 ? app.client.query(sql) : new Promise<never>(() => undefined)
    }
    return waitForSchema({ query }, { ...app.build, intervalMs: 1, timeoutMs })
  }
  expect(await endOf(silent)).toMatchObject({ code: "schema-behind" })
})

test("gives up in time also where no answer ever comes, and can be interrupted then", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  await using proxy = await startProxy(db.tcpUrl)
  await using pool = await pgPool(proxy.url)
  await pool.query("select 1")
  proxy.blackHole()
  const options = { root: project.root, intervalMs: 20 }
  await expect(waitForSchema(pool, { ...options, timeoutMs: 100 })).rejects.toMatchObject({
    code: "cannot-connect",
  })
  const signal = AbortSignal.timeout(50)
  await expect(waitForSchema(pool, { ...options, signal })).rejects.toMatchObject({ code: "interrupted" })
  proxy.cutAll()
})

test("a signal ends it at once, also before its first look", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const controller = new AbortController()
  let looks = 0
  const connection = await db.connect()
  const client = {
    query: (sql: string) => {
      looks++
      return likePg(connection).query(sql)
    },
  }
  const options = { root: project.root, intervalMs: 60_000, signal: controller.signal }
  const waiting = waitForSchema(client, { ...options, onWait: () => controller.abort() })
  await expect(waiting).rejects.toMatchObject({ code: "interrupted" })
  await expect(waitForSchema(client, options)).rejects.toMatchObject({ code: "interrupted" })
  expect(looks).toBe(1)
})

test("does not wait for what waiting does not mend", async () => {
  await using db = await testDatabase()
  await using app = await application(db, files)
  await app.project.write({
    "migrations/3_drop.sql": revision("cccc", "bbbb", "drop table users;", "-- phase: contract"),
  })
  await app.upgrade()
  await app.project.remove("migrations/3_drop.sql")
  const fails = (client: typeof app.client, options: object) =>
    expect(waitForSchema(client, { ...app.build, ...options })).rejects
  await fails(app.client, {}).toMatchObject({ code: "schema-incompatible" })
  await fails(app.client, { migrations: "gone" }).toMatchObject({ code: "no-migrations-folder" })
  await fails(app.client, { migrations: [] }).toMatchObject({ code: "no-revisions" })
  await fails({ query: async () => "ok" }, {}).toThrow(TypeError)
  await fails(app.client, { timeoutMs: Number.NaN }).toMatchObject({ code: "invalid-option" })
  await fails(app.client, { intervalMs: "1s" }).toMatchObject({ code: "invalid-option" })
})
