import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { testProject } from "../project.ts"
import { lockstep } from "./lockstep.ts"
import { checkedJson } from "./schemas.ts"

const files = { "1_a.sql": "create table a ();", "2_b.sql": "create table b ();" }

test("wait ends when the schema is there, and not before", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }

  const before = await lockstep(["wait", "--timeout", "0"], at)
  expect(before.exit).toBe(3)
  expect(before.stderr).toContain("[schema-not-managed]")

  const waiting = lockstep(["wait", "--timeout", "10min", "--interval", "50ms", "--json"], at)
  expect((await lockstep(["upgrade", "+1"], at)).exit).toBe(0)
  const behind = await lockstep(["wait", "--timeout", "0"], at)
  expect(behind.stderr).toContain("[schema-behind]")
  expect((await lockstep(["upgrade"], at)).exit).toBe(0)
  expect(checkedJson("wait", (await waiting).stdout)).toMatchObject({
    ok: true,
    result: { needed: 2, ahead: [] },
  })
})

test("wait gives up on a server that never comes, and can be interrupted", async () => {
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: "postgres://app@127.0.0.1:1/app" } }
  expect((await lockstep(["wait", "--timeout", "0"], at)).exit).toBe(5)
  const controller = new AbortController()
  const waiting = lockstep(["wait", "--timeout", "10min"], { ...at, signal: controller.signal })
  setTimeout(() => controller.abort(), 100)
  expect((await waiting).exit).toBe(130)
})

test("a role that may not read the view is told so", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const role = await db.role()
  await lockstep(["upgrade"], { cwd: project.root, env: { DATABASE_URL: db.url } })
  const asRole = { cwd: project.root, env: { DATABASE_URL: db.urlOf(role) } }
  const { exit, stderr } = await lockstep(["wait", "--timeout", "0"], asRole)
  expect(exit).toBe(3)
  expect(stderr).toContain("error: this role may not read lockstep.applied [schema-not-readable]")
})

test("it says what it waits for, once", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const words = ["wait", "--timeout", "10min", "--interval", "10ms"]
  /** Ends some looks after the first word, and where there is none after the time of several looks. */
  const waiting = async (...more: string[]) => {
    const stop = new AbortController()
    const soon = () => void setTimeout(() => stop.abort(), 300)
    if (more.includes("--quiet")) soon()
    return (await lockstep([...words, ...more], { ...at, signal: stop.signal, onStderr: soon })).stderr
  }
  const stderr = await waiting()
  expect(stderr.match(/^note: the database has no history .*\[schema-not-managed\]$/gm)).toHaveLength(1)
  expect(await waiting("--quiet")).not.toContain("note:")
  const events = await waiting("--events")
  expect(JSON.parse(events.split("\n")[0] ?? "")).toMatchObject({
    type: "diagnostic",
    diagnostic: { severity: "note", code: "schema-not-managed" },
  })
})

test("an image that ran ahead of this one, or does not hold its revisions, is not ready", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ ...files, "3_drop.sql": "drop table b;" })
  await using empty = await testProject({})
  const env = { DATABASE_URL: db.url }
  await lockstep(["upgrade"], { cwd: project.root, env })
  await project.remove("migrations/3_drop.sql")
  const older = await lockstep(["wait"], { cwd: project.root, env })
  expect(older.exit).toBe(3)
  expect(older.stderr).toContain("[schema-incompatible]")
  const nothing = await lockstep(["wait"], { cwd: empty.root, env })
  expect(nothing.exit).toBe(2)
  expect(nothing.stderr).toContain("[no-revisions]")
})

test("a role that is named later may read the view after an upgrade that has nothing to apply", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const role = await db.role()
  const as = (env: Readonly<Record<string, string>>) => ({ cwd: project.root, env: { ...env } })
  const migrator = { DATABASE_URL: db.url, LOCKSTEP_APPLICATION_ROLES: role }
  await lockstep(["upgrade"], as({ DATABASE_URL: db.url }))
  expect((await lockstep(["upgrade"], as(migrator))).stdout).toContain("nothing to do")
  expect((await lockstep(["wait", "--timeout", "0"], as({ DATABASE_URL: db.urlOf(role) }))).exit).toBe(0)

  const connection = await db.connect()
  const runs = () => connection.query("select from lockstep.run")
  const before = (await runs()).length
  await lockstep(["upgrade"], as(migrator))
  expect(await runs()).toHaveLength(before)
  const unknown = await lockstep(
    ["upgrade"],
    as({ ...migrator, LOCKSTEP_APPLICATION_ROLES: "nobody_of_that_name" }),
  )
  expect(unknown.stderr).toContain("[unknown-role")
})
