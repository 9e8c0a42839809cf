import { describe, expect, test } from "vitest"
import { type StampOptions, stamp } from "../../src/api/stamp.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { type TestDatabase, testDatabase } from "../database.ts"
import { revision, type TestProject, testProject } from "../project.ts"

const chain = {
  "a.sql": revision("aaaa", "", "create table users (id int);"),
  "b.sql": revision("bbbb", "aaaa", "create table invoices (id int);"),
  "c.sql": revision("cccc", "bbbb", "create table agents (id int);"),
}

//      aaaa ── bbbb ── cccc
//        ├──── dddd (billing) ── eeee
const branches = {
  ...chain,
  "d.sql": revision("dddd", "aaaa", "create table prices (id int);", "-- branch: billing"),
  "e.sql": revision("eeee", "dddd", "create table taxes (id int);"),
}

function optionsOf(project: TestProject, db: TestDatabase) {
  return { root: project.root, url: db.url, cache: false as const }
}

/** What is not about the catalog is tested without comparing it. */
function vouched(options: StampOptions) {
  return stamp({ ...options, unverified: true })
}

async function rows(db: TestDatabase, sql: string): Promise<readonly object[]> {
  const connection = await db.connect()
  return connection.query(sql)
}

describe("stamp", () => {
  test("takes over a database that is complete: nothing runs, and all counts as applied", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const options = optionsOf(project, db)
    const result = await vouched({ ...options, to: "head", because: "made by the old tool" })
    expect(result).toMatchObject({ added: ["aaaa", "bbbb", "cccc"], removed: [], current: ["cccc"] })
    expect((await upgrade(options)).applied).toEqual([])
    expect(await rows(db, "select id, outcome from lockstep.revision order by sequence")).toEqual([
      { id: "aaaa", outcome: "stamped" },
      { id: "bbbb", outcome: "stamped" },
      { id: "cccc", outcome: "stamped" },
    ])
    expect(
      await rows(db, "select kind, revision, details from lockstep.event where revision = 'aaaa'"),
    ).toEqual([
      { kind: "stamped", revision: "aaaa", details: { because: "made by the old tool", unverified: true } },
    ])
    expect(await rows(db, "select to_regclass('users') as users")).toEqual([{ users: null }])
  })

  test("goes back: what comes after the revision does not count as applied any more", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const options = optionsOf(project, db)
    await upgrade(options)
    expect(await vouched({ ...options, to: "aaaa" })).toMatchObject({
      removed: ["bbbb", "cccc"],
      current: ["aaaa"],
    })
    expect((await status(options)).pending.map(({ id }) => id)).toEqual(["bbbb", "cccc"])
    expect(await vouched({ ...options, to: "base" })).toMatchObject({ removed: ["aaaa"], current: [] })
    expect(
      await rows(db, "select revision from lockstep.event where kind = 'unstamped' order by id"),
    ).toEqual([{ revision: "bbbb" }, { revision: "cccc" }, { revision: "aaaa" }])
  })

  test("leaves other branches as they are, and takes back a whole branch by its base", async () => {
    await using db = await testDatabase()
    await using project = await testProject(branches)
    const options = optionsOf(project, db)
    await upgrade({ ...options, to: "heads" })
    expect(await vouched({ ...options, to: "dddd" })).toMatchObject({
      removed: ["eeee"],
      current: ["cccc", "dddd"],
    })
    expect(await vouched({ ...options, to: "billing@base" })).toMatchObject({
      removed: ["dddd"],
      current: ["cccc"],
    })
  })

  test("may name several places", async () => {
    await using db = await testDatabase()
    await using project = await testProject(branches)
    const result = await vouched({ ...optionsOf(project, db), to: ["bbbb", "eeee"] })
    expect(result).toMatchObject({ added: ["aaaa", "bbbb", "dddd", "eeee"], current: ["bbbb", "eeee"] })
  })

  test("purges first, where asked: also what no file is there for", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const options = optionsOf(project, db)
    await upgrade(options)
    await project.remove("migrations/c.sql")
    await expect(upgrade(options)).rejects.toMatchObject({ code: "database-ahead" })
    expect(await vouched({ ...options, to: "aaaa", purge: true })).toMatchObject({
      removed: ["bbbb", "cccc"],
      current: ["aaaa"],
    })
  })

  test("forgets a revision whose file is gone, for a reason", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const options = optionsOf(project, db)
    await upgrade(options)
    await project.remove("migrations/c.sql")
    await expect(vouched({ ...options, forget: ["cccc"], because: "  " })).rejects.toMatchObject({
      code: "reason-needed",
      exitCode: 4,
    })
    await expect(vouched({ ...options, forget: ["nope"], because: "x" })).rejects.toMatchObject({
      code: "revision-not-applied",
    })
    expect(await vouched({ ...options, forget: ["cccc"], because: "branch dropped" })).toMatchObject({
      removed: ["cccc"],
      current: ["bbbb"],
    })
    expect((await upgrade(options)).applied).toEqual([])
  })

  test("accepts an edited file, for a reason", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const options = optionsOf(project, db)
    await upgrade(options)
    await project.write({ "migrations/a.sql": revision("aaaa", "", "create table users (id integer);") })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "revision-edited" })
    await expect(vouched({ ...options, acceptChecksum: ["aaaa"] })).rejects.toMatchObject({
      code: "reason-needed",
    })
    const because = "int and integer are the same"
    expect(await vouched({ ...options, acceptChecksum: ["aaaa"], because })).toMatchObject({
      accepted: ["aaaa"],
    })
    expect((await upgrade(options)).applied).toEqual([])
    expect(
      await rows(db, "select revision, details from lockstep.event where kind = 'checksum-accepted'"),
    ).toEqual([{ revision: "aaaa", details: { because } }])
  })

  test("in a protected environment needs a reason, whatever it does", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const options = { ...optionsOf(project, db), protected: true }
    await expect(vouched({ ...options, to: "head" })).rejects.toMatchObject({ code: "reason-needed" })
    expect((await vouched({ ...options, to: "head", because: "taken over" })).added).toHaveLength(3)
  })
})

describe("stamp compares the catalog with what the revisions lead to", () => {
  test("where it is the same, it is stamped; the table of another tool does not count", async () => {
    await using db = await testDatabase()
    await using project = await testProject(branches)
    const options = { ...optionsOf(project, db), scratch: { url: db.server.url } }
    const connection = await db.connect()
    await connection.run(`create table users (id int); create table prices (id int);
      create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1')`)
    expect(await stamp({ ...options, to: "dddd" })).toMatchObject({ added: ["aaaa", "dddd"], verified: true })
    expect(await rows(db, "select details from lockstep.event where kind = 'stamped'")).toEqual([
      { details: null },
      { details: null },
    ])
  })

  test("where it is not, nothing is written, and the difference is told; --unverified records that nobody looked", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const scratch = { url: db.server.url }
    const options = optionsOf(project, db)
    await (await db.connect()).run("create table users (id int); create table invoices (id bigint);")
    await expect(stamp({ ...options, scratch, to: "cccc" })).rejects.toMatchObject({
      code: "catalog-differs",
      exitCode: 3,
      facts: {
        details: expect.arrayContaining([
          "+ table public.agents",
          "~ table column public.invoices.id: dataType bigint -> integer",
        ]),
      },
    })
    expect((await status(options)).managed).toBe(false)
    expect(await vouched({ ...options, to: "cccc" })).toMatchObject({ current: ["cccc"], verified: false })
  })

  test("who looks need not be who owns the tables", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const owner = await db.role()
    await (await db.connect()).run(`create table users (id int); alter table users owner to ${owner}`)
    const options = { ...optionsOf(project, db), scratch: { url: db.server.url } }
    expect(await stamp({ ...options, to: "aaaa" })).toMatchObject({ verified: true })
  })

  test("without a scratch server both ways out are named", async () => {
    await using db = await testDatabase()
    await using project = await testProject(chain)
    const options = { ...optionsOf(project, db), to: "aaaa", scratch: { major: 9 } }
    await expect(stamp(options)).rejects.toMatchObject({
      code: "embedded-server-missing",
      facts: { hint: expect.stringMatching(/--scratch.*--unverified/) },
    })
  })
})
