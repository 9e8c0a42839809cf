import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterEach, describe, expect, test, vi } from "vitest"
import { downgrade, events, status, ToolError, upgrade } from "../../src/index.ts"
import { testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"
import { startProxy } from "../proxy.ts"
import { overPg } from "./foreign-connection.ts"

const files = {
  "1_users.sql": revision("aaaa", "", "create table users (id int);\n\n-- rollback\ndrop table users;"),
  "2_index.sql": revision("bbbb", "aaaa", "create index concurrently users_id on users (id);"),
  "3_slow.sql": revision("cccc", "bbbb", "create table slow ();\nselect pg_sleep(600);"),
}

afterEach(() => vi.restoreAllMocks())

test("several upgrades run in one process, each on its own database", async () => {
  await using project = await testProject(files)
  await project.remove("migrations/3_slow.sql")
  const dbs = await Promise.all([1, 2, 3, 4].map(() => testDatabase()))
  const runs = await Promise.all(dbs.map(({ url }) => upgrade({ root: project.root, url })))
  expect(runs.map(({ database }) => database)).toEqual(dbs.map(({ name }) => name))
  for (const { applied } of runs) expect(applied.map(({ id }) => id)).toEqual(["aaaa", "bbbb"])
  await Promise.all(dbs.map((db) => db.drop()))
})

test("nothing is printed, and the process is left alone", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const printed = [
    vi.spyOn(process.stdout, "write").mockReturnValue(true),
    vi.spyOn(process.stderr, "write").mockReturnValue(true),
    vi.spyOn(process, "exit").mockReturnValue(undefined as never),
    vi.spyOn(process, "on"),
  ]
  const options = { root: project.root, url: db.url }
  await upgrade({ ...options, to: "bbbb" })
  await upgrade({ ...options, statementTimeoutMs: 50 }).catch(() => undefined)
  await upgrade({ ...options, url: "postgres://nobody@127.0.0.1:1/x" }).catch(() => undefined)
  await status(options)
  const calls = printed.map((spy) => spy.mock.calls.length)
  vi.restoreAllMocks()
  expect(calls).toEqual([0, 0, 0, 0])
})

test("a program that has used it ends by itself", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const entry = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href
  const program = join(project.root, "program.mjs")
  writeFileSync(
    program,
    `import { status, upgrade } from ${JSON.stringify(entry)}
const options = ${JSON.stringify({ root: project.root, url: db.url })}
await upgrade({ ...options, to: "bbbb" })
await upgrade({ ...options, statementTimeoutMs: 50 }).catch(({ code }) => console.log(code))
await upgrade({ ...options, signal: AbortSignal.timeout(200) }).catch(({ code }) => console.log(code))
console.log((await status(options)).pending.length)`,
  )
  const ended = spawnSync(process.execPath, [program], { encoding: "utf8", timeout: 150_000 })
  expect(ended).toMatchObject({ status: 0, stdout: "statement-timeout\ninterrupted\n1\n", stderr: "" })
})

describe("an AbortSignal", () => {
  test("that has fired lets nothing begin", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url }
    const stopped = upgrade({ ...options, signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ code: "interrupted" })
    expect(await status(options)).toMatchObject({ managed: false })
  })

  test("stops a run cleanly, wherever it is; the next one goes on", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url }
    const controller = new AbortController()
    const onEvent = ({ type, ...event }: { type: string; sql?: string }) => {
      if (type === "step-started" && event.sql?.includes("pg_sleep")) setTimeout(() => controller.abort(), 50)
    }
    const stopped = upgrade({ ...options, signal: controller.signal, onEvent })
    await expect(stopped).rejects.toMatchObject({
      code: "interrupted",
      facts: { data: { applied: [{ id: "aaaa" }, { id: "bbbb" }] } },
    })
    expect((await events({ url: db.url, failed: true })).events).toMatchObject([{ kind: "interrupted" }])
    await project.write({ "migrations/3_slow.sql": revision("cccc", "bbbb", "create table slow ();") })
    expect((await upgrade(options)).applied.map(({ id }) => id)).toEqual(["cccc"])
  })

  test("ends the wait for a network that does not answer", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await using proxy = await startProxy(db.tcpUrl)
    proxy.blackHole()
    const stopped = upgrade({ root: project.root, url: proxy.url, signal: AbortSignal.timeout(200) })
    await expect(stopped).rejects.toMatchObject({ code: "interrupted" })
  })

  test("ends the wait for another runner", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url }
    const first = new AbortController()
    let running: Promise<unknown> = Promise.resolve()
    await new Promise<void>((hasLock) => {
      const onEvent = ({ type }: { type: string }) => void (type === "planned" && hasLock())
      running = upgrade({ ...options, signal: first.signal, onEvent })
      running.catch(() => undefined)
    })
    const second = new AbortController()
    const onEvent = ({ type }: { type: string }) => void (type === "waiting-for-runner" && second.abort())
    const waiting = upgrade({ ...options, signal: second.signal, onEvent })
    await expect(waiting).rejects.toMatchObject({ code: "interrupted" })
    first.abort()
    await expect(running).rejects.toMatchObject({ code: "interrupted" })
  })
})

describe("with connections of the caller's own", () => {
  test("everything works that these can do", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await project.remove("migrations/3_slow.sql")
    const options = { root: project.root, connect: overPg(db.tcpUrl) }
    const { applied, database } = await upgrade(options)
    expect({ database, ids: applied.map(({ id }) => id) }).toEqual({
      database: db.name,
      ids: ["aaaa", "bbbb"],
    })
    expect(await status(options)).toMatchObject({ appliedCount: 2, pending: [] })
    expect((await downgrade({ ...options, to: "aaaa" }).catch((error) => error)).code).toBe("no-rollback")
  })

  test("errors of the server are understood, and a statement can be interrupted", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "1_typo.sql": revision("aaaa", "", "create table a (id int);\nselect idd\nfrom a;"),
    })
    const options = { root: project.root, connect: overPg(db.tcpUrl) }
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "statement-failed",
      facts: { sqlState: "42703", location: { line: 4, column: 8 } },
    })
    await project.write({ "migrations/1_typo.sql": revision("aaaa", "", "select pg_sleep(600);") })
    const { events: told, onEvent } = recorder()
    const stopped = upgrade({ ...options, onEvent, signal: AbortSignal.timeout(300) })
    await expect(stopped).rejects.toMatchObject({ code: "interrupted" })
    expect(told.filter(({ type }) => type === "notice")).toEqual([])
  })

  test("what the caller's own function throws comes out as it is", async () => {
    await using project = await testProject(files)
    const closed = new Error("the tunnel is closed")
    const connect = () => Promise.reject(closed)
    await expect(upgrade({ root: project.root, connect })).rejects.toBe(closed)
    await using db = await testDatabase()
    const password = () => Promise.reject(closed)
    const refused = upgrade({ root: project.root, url: db.tcpUrl, password })
    await expect(refused).rejects.toBeInstanceOf(ToolError)
    await expect(refused).rejects.toMatchObject({ code: "cannot-connect", cause: closed })
  })
})

test("a listener that throws ends the run as a failure of its own, and leaves nothing locked", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  await project.remove("migrations/3_slow.sql")
  const options = { root: project.root, url: db.url }
  const onEvent = ({ type }: { type: string }) => {
    if (type === "step-started") throw new Error("a mistake in the listener")
  }
  await expect(upgrade({ ...options, onEvent })).rejects.toThrow("a mistake in the listener")
  expect((await upgrade({ ...options, runnerWaitMs: 0 })).applied).toHaveLength(2)
})
