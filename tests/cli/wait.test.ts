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

  const waiting = lockstep(["wait", "--timeout", "20s", "--interval", "50ms", "--json"], at)
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
  const waiting = lockstep(["wait", "--timeout", "20s"], { ...at, signal: controller.signal })
  setTimeout(() => controller.abort(), 100)
  expect((await waiting).exit).toBe(130)
})

test("a role that may not read the view is told so", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const role = await db.role()
  await lockstep(["upgrade"], { cwd: project.root, env: { DATABASE_URL: db.url } })
  const asRole = { cwd: project.root, env: { DATABASE_URL: db.urlOf(role) } }
  expect((await lockstep(["wait", "--timeout", "5s"], asRole)).stderr).toContain("[schema-not-readable]")
})
