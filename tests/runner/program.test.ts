import { describe, expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { type TestProject, testProject } from "../project.ts"

/** A revision in TypeScript whose `up` has this body. */
function program(id: string, parent: string, body: string, header = ""): string {
  const lines = [
    `// revision: ${id}`,
    ...(parent === "" ? [] : [`// parent: ${parent}`]),
    ...(header === "" ? [] : [header]),
  ]
  return `${lines.join("\n")}\n\nexport default {\n  async *up({ sql, query, log }: any) {\n${body}\n  },\n}\n`
}

function optionsOf(project: TestProject, db: TestDatabase) {
  return { root: project.root, url: db.url, cache: false as const }
}

const table = `yield "create table users (id int primary key, name text)"`

describe("a TypeScript revision", () => {
  eachMajor("computes its statements, reads, and is given the rows of what it yields", async (db) => {
    await using project = await testProject({
      "a.ts": program(
        "aaaa",
        "",
        `${table}
for (const id of [1, 2, 3]) yield sql\`insert into users values (\${id}, \${"user " + id})\`
const rows = yield "select max(id) as top from users"
const [{ count }] = await query("select count(*)::int as count from users where id <= $1", [rows[0].top])
yield sql.raw("create table count_" + count + " ()")`,
      ),
    })
    await upgrade(optionsOf(project, db))
    const connection = await db.connect()
    expect(await connection.query("select to_regclass('count_3')::text as name")).toEqual([
      { name: "count_3" },
    ])
    expect(await connection.query("select name from users where id = 2")).toEqual([{ name: "user 2" }])
  })

  test("that throws is rolled back, recorded, and may be corrected in the same process", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.ts": program("aaaa", "", `${table}\nthrow new Error("no plan for this tenant")`),
    })
    const options = optionsOf(project, db)
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "revision-threw",
      message: "revision aaaa: no plan for this tenant",
      exitCode: 1,
    })
    const connection = await db.connect()
    expect(await connection.query("select to_regclass('users') as users")).toEqual([{ users: null }])
    expect(await connection.query("select kind, error_code from lockstep.event")).toEqual([
      { kind: "failed", error_code: "revision-threw" },
    ])
    await project.write({ "migrations/a.ts": program("aaaa", "", table) })
    expect((await upgrade(options)).applied).toHaveLength(1)
  })

  test("may not end the transaction that it runs in", async () => {
    await using db = await testDatabase()
    for (const body of [`${table}\nawait query("commit")`, `${table}\nyield "commit"`]) {
      await using project = await testProject({ "a.ts": program("aaaa", "", body) })
      await expect(upgrade(optionsOf(project, db))).rejects.toMatchObject({ code: "transaction-control" })
      const connection = await db.connect()
      expect(await connection.query("select to_regclass('users') as users")).toEqual([{ users: null }])
    }
  })

  test.each(["select nothing", "insert into users values (1)"])(
    "must wait for what it asks: %s",
    async (asked) => {
      await using db = await testDatabase()
      await using project = await testProject({
        "a.ts": program("aaaa", "", `${table}\nquery(${JSON.stringify(asked)})`),
      })
      await expect(upgrade(optionsOf(project, db))).rejects.toMatchObject({
        code: "revision-threw",
        message: expect.stringContaining("it did not await a query()"),
      })
      const connection = await db.connect()
      expect(await connection.query("select to_regclass('users') as name")).toEqual([{ name: null }])
    },
  )

  test("whose read does not get a lock is tried again like one whose step does not", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.ts": program("aaaa", "", table),
      "b.ts": program("bbbb", "aaaa", `await query("select from users")\nyield "select 1"`),
    })
    const options = optionsOf(project, db)
    await upgrade({ ...options, to: "aaaa" })
    const other = await db.connect()
    await other.run("begin; lock table users in access exclusive mode")
    const { applied } = await upgrade({
      ...options,
      lockTimeoutMs: 100,
      retryDelayMs: 20,
      onEvent: ({ type }) => {
        if (type === "lock-not-available") void other.run("commit")
      },
    })
    expect(applied[0]?.attempts).toBeGreaterThan(1)
  })

  test("whose `up` is no generator is refused before anything runs", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.ts": "// revision: aaaa\n\nexport default { async up() { return 1 } }\n",
    })
    await expect(upgrade(optionsOf(project, db))).rejects.toMatchObject({
      code: "invalid-typescript-revision",
    })
  })
})

describe("a program that runs step by step and stops half way", () => {
  const backfill = (size: number) =>
    program(
      "aaaa",
      "",
      `${table}
yield "insert into users select n, null from generate_series(1, 5) n"
for (;;) {
  const ids = (await query("select id from users where name is null order by id limit ${size}")).map((row: any) => row.id)
  if (ids.length === 0) break
  const done = yield sql\`update users set name = 'user ' || id where id = any(\${ids}) returning id\`
  if (done.some(({ id }: any) => id === 4) && (globalThis as any).stop) throw new Error("stopped")
}
yield "create index concurrently on users (name)"`,
      "// transaction: none",
    )

  test("is given again what it was given, and takes the same way to where it stopped", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.ts": backfill(2) })
    const options = optionsOf(project, db)
    Object.assign(globalThis, { stop: true })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "revision-threw" })
    const connection = await db.connect()
    const unnamed = "select count(*)::int as rows from users where name is null"
    expect(await connection.query(unnamed)).toEqual([{ rows: 1 }])
    Object.assign(globalThis, { stop: false })
    await upgrade(options)
    expect(await connection.query(unnamed)).toEqual([{ rows: 0 }])
  })

  test("must not take another way", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.ts": backfill(2) })
    const options = optionsOf(project, db)
    Object.assign(globalThis, { stop: true })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "revision-threw" })
    await project.write({ "migrations/a.ts": backfill(3) })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "revision-changed-in-flight" })
  })
})
