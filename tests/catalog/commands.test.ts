import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { diff } from "../../src/api/diff.ts"
import { drift } from "../../src/api/drift.ts"
import { snapshot } from "../../src/api/snapshot.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = {
  "a.sql": revision("aaaa", "", "create table users (id int primary key, email text not null);"),
  "b.sql": revision(
    "bbbb",
    "aaaa",
    "create index users_email on users (email); grant select on users to reporting;",
  ),
}

describe("diff", () => {
  eachMajor("compares SQL files with what the revisions lead to, and the script leads there", async (db) => {
    await using project = await testProject(users)
    await project.write({
      "schema/views.sql": "create view emails as select email from users;",
      "schema/users.sql":
        "create table users (id int primary key, email text not null, phone text); create index users_email on users (email); grant select on users to reporting;",
    })
    const scratch = { url: db.server.url }
    const from = { kind: "revisions", project: { root: project.root } } as const
    const to = { kind: "sql", paths: ["schema"], root: project.root } as const
    const result = await diff({ from, to, scratch })
    expect(result.changes.map(({ change, object }) => `${change} ${object}`)).toEqual([
      "create table column public.users.phone",
      "create view column public.emails.email",
      "create view public.emails",
    ])
    expect(await diff({ from: to, to, scratch })).toMatchObject({ equal: true, sql: "", changes: [] })
  })

  test("names what is neither a file nor a folder", async () => {
    await using db = await testDatabase()
    const to = { kind: "sql", paths: ["nowhere"] } as const
    await expect(
      diff({ from: { kind: "empty" }, to, scratch: { url: db.server.url } }),
    ).rejects.toMatchObject({
      code: "no-such-schema",
    })
  })

  test("reads a live database and leaves it as it is; Lockstep's own schema does not count", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": users["a.sql"] })
    await upgrade({ root: project.root, url: db.url })
    const result = await diff({
      from: { kind: "database", target: { url: db.url } },
      to: { kind: "revisions", project: { root: project.root } },
      scratch: { url: db.server.url },
    })
    expect(result).toMatchObject({ equal: true, changes: [] })
  })
})

describe("drift", () => {
  eachMajor("is found, shown, and undone by the SQL that it prints", async (db) => {
    await using project = await testProject({ "a.sql": users["a.sql"] })
    const target = { root: project.root, url: db.url }
    const options = { ...target, scratch: { url: db.server.url } }
    await upgrade(target)
    expect(await drift(options)).toMatchObject({ equal: true, current: ["aaaa"] })

    const connection = await db.connect()
    await connection.run(
      "alter table users add column added_by_hand int; alter table users alter column email drop not null",
    )
    const found = await drift(options)
    expect(found.changes.map(({ change, object }) => `${change} ${object}`)).toEqual([
      "drop table column public.users.added_by_hand",
      "alter table column public.users.email",
    ])
    await connection.run(found.sql)
    expect(await drift(options)).toMatchObject({ equal: true })
  })

  test("is not asked of a database without a history", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": users["a.sql"] })
    await expect(drift({ root: project.root, url: db.url })).rejects.toMatchObject({ code: "not-managed" })
  })

  test("what is pending is no drift", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const target = { root: project.root, url: db.url }
    const options = { ...target, scratch: { url: db.server.url } }
    await upgrade({ ...target, to: "aaaa" })
    expect(await drift(options)).toMatchObject({ equal: true, current: ["aaaa"] })
  })
})

describe("snapshot", () => {
  eachMajor("is the same text every time, and loads to the same catalog", async (db) => {
    await using project = await testProject(users)
    const options = { root: project.root, scratch: { url: db.server.url } }
    const first = await snapshot(options)
    expect(first.fresh).toBe(false)
    expect(await readFile(join(project.root, "schema.sql"), "utf8")).toBe(first.sql)
    expect(await snapshot({ ...options, write: false })).toMatchObject({ fresh: true, changes: [] })
    const same = await diff({
      from: { kind: "sql", paths: ["schema.sql"], root: project.root },
      to: { kind: "revisions", project: options },
      scratch: options.scratch,
    })
    expect(same.equal).toBe(true)
  })

  test("says what a stale file lacks", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": users["a.sql"] })
    const options = { root: project.root, scratch: { url: db.server.url } }
    await snapshot(options)
    await project.write({ "migrations/b.sql": revision("bbbb", "aaaa", "alter table users add phone text;") })
    const { fresh, changes } = await snapshot({ ...options, write: false })
    expect(fresh).toBe(false)
    expect(changes).toEqual([{ change: "create", object: "table column public.users.phone" }])
  })
})
