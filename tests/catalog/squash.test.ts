import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { check } from "../../src/api/check.ts"
import { drift } from "../../src/api/drift.ts"
import { squash } from "../../src/api/squash.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { assertSchema } from "../../src/app/index.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

// aaaa ── bbbb ── cccc ── dddd
const chain = {
  "a.sql": revision("aaaa", "", "create table users (id int);\n-- rollback\ndrop table users;"),
  "b.sql": revision(
    "bbbb",
    "aaaa",
    "alter table users add name text;\n-- rollback\nalter table users drop name;",
  ),
  "c.sql": revision(
    "cccc",
    "bbbb",
    "create index users_name on users (name);\n-- rollback\ndrop index users_name;",
  ),
  "d.sql": revision("dddd", "cccc", "create table logs ();\n-- rollback\ndrop table logs;"),
}

describe("squash", () => {
  test("replaces a range; databases past it, in its middle and new ones all arrive", async () => {
    await using past = await testDatabase()
    await using middle = await testDatabase()
    await using fresh = await testDatabase()
    await using project = await testProject(chain)
    const root = project.root
    const scratch = { url: past.server.url }
    await upgrade({ root, url: past.url })
    await upgrade({ root, url: middle.url, to: "bbbb" })

    const words = ["squash", "aaaa:cccc", "--scratch", past.server.url, "--json"]
    const { exit, stdout } = await lockstep(words, { cwd: root })
    expect(exit).toBe(0)
    const { result } = checkedJson("squash", stdout) as { result: { revision: { id: string } } }
    const one = result.revision.id
    expect(await readdir(join(root, "migrations/archive", one))).toEqual(["a.sql", "b.sql", "c.sql"])
    expect((await check({ root, scratch })).ok).toBe(true)

    expect(await status({ root, url: past.url })).toMatchObject({
      pending: [],
      findings: [],
      current: [{ id: "dddd" }],
    })
    expect((await upgrade({ root, url: past.url })).applied).toEqual([])
    expect(await drift({ root, url: past.url, scratch, full: true })).toMatchObject({ equal: true })

    const client = await past.connect()
    const pool = { query: async (sql: string) => client.query(sql) }
    expect(await assertSchema(pool, { root })).toMatchObject({ needed: 4, ahead: [] })

    expect(await status({ root, url: middle.url })).toMatchObject({
      pending: [{ id: "cccc" }, { id: "dddd" }],
      findings: [{ code: "squash-unfinished" }],
    })
    expect((await upgrade({ root, url: middle.url })).applied.map(({ id }) => id)).toEqual(["cccc", "dddd"])
    expect(await drift({ root, url: middle.url, scratch, full: true })).toMatchObject({ equal: true })

    expect((await upgrade({ root, url: fresh.url })).applied.map(({ id }) => id)).toEqual([one, "dddd"])
    expect(await drift({ root, url: fresh.url, scratch, full: true })).toMatchObject({ equal: true })
  })

  test("does not lose the rows that the range writes, unless somebody says so", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...chain,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "alter table users add name text; insert into users values (1, 'root');",
      ),
    })
    const options = { root: project.root, range: ":cccc", scratch: { url: db.server.url } }
    await expect(squash(options)).rejects.toMatchObject({ code: "squash-loses-rows", exitCode: 4 })
    await squash({ ...options, keepStatements: true })
    await upgrade({ root: project.root, url: db.url })
    expect(await (await db.connect()).query("select name from users")).toEqual([{ name: "root" }])
  })

  test("refuses a range on whose middle something hangs", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...chain,
      "e.sql": revision("eeee", "bbbb", "create table other ();"),
    })
    const options = { root: project.root, range: "aaaa:cccc", scratch: { url: db.server.url } }
    await expect(squash(options)).rejects.toMatchObject({ code: "not-squashable" })
    await expect(squash({ ...options, range: "dddd:dddd" })).rejects.toMatchObject({ code: "not-squashable" })
  })
})
