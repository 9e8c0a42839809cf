import { describe, expect, test } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { stamp } from "../../src/api/stamp.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { assertSchema } from "../../src/app/index.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { application, likePg, likePostgresJs, pgPool } from "./application.ts"

const files = {
  "1_users.sql": revision("aaaa", "", "create table users (id int, name text);"),
  "2_phone.sql": revision("bbbb", "aaaa", "alter table users add phone text;", "-- phase: expand"),
}

describe("with nothing but the rights that applicationRoles gives", () => {
  eachMajor("a database that has what the build needs is fine", async (db) => {
    await using app = await application(db, files)
    await app.upgrade()
    const wanted = { needed: 2, ahead: [] }
    expect(await assertSchema(app.client, app.build)).toEqual(wanted)

    const connection = await db.connectAs(app.role)
    expect(await assertSchema(likePostgresJs(connection), app.build)).toEqual(wanted)
    await using pool = await pgPool(db.urlOf(app.role))
    expect(await assertSchema(pool, app.build)).toEqual(wanted)
    await expect(connection.query("select * from lockstep.revision")).rejects.toThrow(/denied/)
  })

  test("a session that may only read is enough, as on a replica", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.upgrade()
    const connection = await db.connectAs(app.role)
    await connection.run("set default_transaction_read_only = on")
    expect(await assertSchema(likePg(connection), app.build)).toMatchObject({ needed: 2 })
  })

  test("the history may be in another schema", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    const historySchema = 'The "history"'
    await upgrade({ ...app.build, url: db.url, historySchema, applicationRoles: [app.role] })
    expect(await assertSchema(app.client, { ...app.build, historySchema })).toMatchObject({ needed: 2 })
    await expect(assertSchema(app.client, app.build)).rejects.toMatchObject({ code: "schema-not-managed" })
  })
})

describe("a database that lacks something", () => {
  test("has never been migrated, or is another one", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await expect(assertSchema(app.client, app.build)).rejects.toMatchObject({ code: "schema-not-managed" })
  })

  test("lacks a revision", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.upgrade("aaaa")
    await expect(assertSchema(app.client, app.build)).rejects.toMatchObject({
      code: "schema-behind",
      facts: { details: ["not applied: bbbb"], data: { missing: ["bbbb"] } },
    })
  })

  test("lacks a revision whose steps are not all done", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.project.write({ "migrations/3_index.sql": halfDone("expand") })
    await expect(app.upgrade()).rejects.toMatchObject({ code: "statement-failed" })
    await expect(assertSchema(app.client, app.build)).rejects.toMatchObject({
      facts: { data: { missing: ["cccc"] } },
    })
  })

  test("lacks a revision of which steps are undone", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    const rollback = "-- rollback\ndrop index concurrently i;\nselect 1 / 0;"
    const up = "create index concurrently i on users (name);"
    await app.project.write({
      "migrations/3_index.sql": revision("cccc", "bbbb", `${up}\n\n${rollback}`, "-- transaction: none"),
    })
    await app.upgrade()
    expect(await assertSchema(app.client, app.build)).toMatchObject({ needed: 3 })
    const undone = downgrade({ ...app.build, url: db.url, to: "bbbb", acceptDataLoss: true })
    await expect(undone).rejects.toMatchObject({ code: "statement-failed" })
    await expect(assertSchema(app.client, app.build)).rejects.toMatchObject({ code: "schema-behind" })
  })

  test("says nothing to a role without rights, with and without a way into the schema", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.upgrade()
    const stranger = await db.role()
    await using pool = await pgPool(db.urlOf(stranger))
    await expect(assertSchema(pool, app.build)).rejects.toMatchObject({ code: "schema-not-readable" })
    await (await db.connect()).run(`grant usage on schema lockstep to ${stranger}`)
    await expect(assertSchema(pool, app.build)).rejects.toMatchObject({ code: "schema-not-readable" })
  })
})

/** Fails after its first step. */
function halfDone(phase: string): string {
  const header = `-- phase: ${phase}\n-- transaction: none`
  return revision("cccc", "bbbb", "create index concurrently i on users (name);\nselect 1 / 0;", header)
}

describe("a database that is ahead, after going back to the previous image", () => {
  test.each([
    ["by what only adds", "alter table users add x int;", "", true],
    ["by what may remove", "alter table users drop name;", "", false],
    ["by an expand", "alter table users rename name to full_name;", "-- phase: expand", true],
    ["by a migrate", "update users set name = upper(name);", "-- phase: migrate", true],
    ["by a contract", "alter table users drop name;", "-- phase: contract", false],
  ])("%s", async (_, body, header, isFine) => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.project.write({ "migrations/3_more.sql": revision("cccc", "bbbb", body, header) })
    await app.upgrade()
    await app.project.remove("migrations/3_more.sql")
    const look = assertSchema(app.client, app.build)
    if (isFine) expect(await look).toEqual({ needed: 2, ahead: ["cccc"] })
    else {
      const facts = { data: { incompatible: ["cccc"] } }
      await expect(look).rejects.toMatchObject({ code: "schema-incompatible", facts })
    }
  })

  test.each([
    ["expand", true],
    ["contract", false],
  ])("by half of a step-by-step %s", async (phase, isFine) => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.project.write({ "migrations/3_more.sql": halfDone(phase) })
    await expect(app.upgrade()).rejects.toMatchObject({ code: "statement-failed" })
    await app.project.remove("migrations/3_more.sql")
    const look = assertSchema(app.client, app.build)
    if (isFine) expect(await look).toEqual({ needed: 2, ahead: [] })
    else await expect(look).rejects.toMatchObject({ code: "schema-incompatible" })
  })
})

describe("what ran had another text than the build has", () => {
  test("a repeatable that has changed has yet to run; an older one than ran last is fine", async () => {
    await using db = await testDatabase()
    const views = { "V1__users.sql": "create table users (id int, name text);" }
    await using older = await application(db, {
      ...views,
      "R__names.sql": "create view n as select name from users;",
    })
    await using newer = await testProject({
      ...views,
      "R__names.sql": "create or replace view n as select name, id from users;",
    })
    await older.upgrade()
    expect(await assertSchema(older.client, older.build)).toMatchObject({ needed: 2 })
    await expect(assertSchema(older.client, { root: newer.root })).rejects.toMatchObject({
      code: "schema-behind",
      facts: { data: { missing: ["R__names"] } },
    })
    await upgrade({ root: newer.root, url: db.url })
    expect(await assertSchema(older.client, { root: newer.root })).toMatchObject({ needed: 2 })
    expect(await assertSchema(older.client, older.build)).toMatchObject({ needed: 2 })
  })

  test("a revision that was edited afterwards is not taken for the one that ran, until somebody vouches", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.upgrade()
    await using edited = await testProject({
      ...files,
      "2_phone.sql": revision("bbbb", "aaaa", "alter table users add mobile text;", "-- phase: expand"),
    })
    await expect(assertSchema(app.client, { root: edited.root })).rejects.toMatchObject({
      code: "schema-edited",
      facts: { data: { edited: ["bbbb"] } },
    })
    await stamp({ root: edited.root, url: db.url, acceptChecksum: ["bbbb"], because: "renamed by hand" })
    expect(await assertSchema(app.client, { root: edited.root })).toMatchObject({ needed: 2 })
    expect(await assertSchema(app.client, app.build)).toMatchObject({ needed: 2 })
  })

  test("comments do not count", async () => {
    await using db = await testDatabase()
    await using app = await application(db, files)
    await app.upgrade()
    await app.project.write({ "migrations/1_users.sql": `${files["1_users.sql"]}-- a word more\n` })
    expect(await assertSchema(app.client, app.build)).toMatchObject({ needed: 2 })
  })
})

describe("a build without a folder", () => {
  test("names its heads; what they descend from is needed with them, contracts included", async () => {
    await using db = await testDatabase()
    await using app = await application(db, {
      ...files,
      "3_drop.sql": revision("cccc", "bbbb", "alter table users drop name;", "-- phase: contract"),
      "4_add.sql": revision("dddd", "cccc", "alter table users add y int;", "-- phase: expand"),
    })
    await app.upgrade()
    expect(await assertSchema(app.client, { revisions: ["cccc"] })).toEqual({ needed: 1, ahead: ["dddd"] })
    await expect(assertSchema(app.client, { revisions: ["bbbb"] })).rejects.toMatchObject({
      code: "schema-incompatible",
    })
    await expect(assertSchema(app.client, { revisions: ["eeee"] })).rejects.toMatchObject({
      code: "schema-behind",
    })
  })

  test.each([
    ["a folder that was not copied into the image", { migrations: "gone" }, "no-migrations-folder"],
    ["a folder that is empty", {}, "no-revisions"],
    ["no folder at all", { migrations: [] }, "no-revisions"],
    ["no ids", { revisions: [] }, "no-revisions"],
  ])("never passes: %s", async (_, options, code) => {
    await using db = await testDatabase()
    await using project = await testProject({ "README.md": "nothing yet" })
    const client = likePg(await db.connect())
    await expect(assertSchema(client, { root: project.root, ...options })).rejects.toMatchObject({ code })
  })
})

describe("a client that answers in another way", () => {
  test.each([
    ["with nothing", undefined],
    ["with an object without rows", { rowCount: 2 }],
    ["with rows as lists", { rows: [["aaaa", true]] }],
    ["with rows of another query", { rows: [{ now: "2026-11-20" }] }],
  ])("%s is a mistake in the program, and no good schema", async (_, answer) => {
    const client = { query: async () => answer }
    await expect(assertSchema(client, { revisions: ["aaaa"] })).rejects.toThrow(TypeError)
  })

  test("its own errors come out as they are", async () => {
    const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" })
    const client = { query: () => Promise.reject(refused) }
    await expect(assertSchema(client, { revisions: ["aaaa"] })).rejects.toBe(refused)
  })
})
