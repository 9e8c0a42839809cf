import { spawnSync } from "node:child_process"
import { fileURLToPath, pathToFileURL } from "node:url"
import { afterAll, expect, inject, test } from "vitest"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { describeRevisions, type TestRunner, testDatabase } from "../../src/testing/index.ts"
import { revision, testProject } from "../project.ts"

const server = inject("servers").at(-1)
const url = server?.url ?? ""

const files = {
  "1_users.sql": revision(
    "a1",
    "",
    "create table users (id int, name text);\n\n-- rollback\ndrop table users;",
  ),
  "2_email.sql": revision(
    "b2",
    "a1",
    "alter table users add column email text;\n\n-- rollback\nalter table users drop column email;",
  ),
}

const project = await testProject(files)
afterAll(() => project[Symbol.asyncDispose]())

// A project's own tests do no more than this.
await describeRevisions({
  root: project.root,
  scratch: { url },
  data: { after: { a1: "insert into users values (1, 'Ada')" } },
})

async function rows<Row extends object>(database: string, sql: string): Promise<readonly Row[]> {
  const connection = await connect(parseConnection(database, {}))
  try {
    return await connection.query<Row>(sql)
  } finally {
    await connection.close()
  }
}

const seed = async (database: string) => {
  await rows(database, "insert into users values (1, 'Ada')")
}

test("each test has a database of its own, at head or at any revision, with rows", async () => {
  const options = { root: project.root, url, seed }
  await using first = await testDatabase(options)
  await using second = await testDatabase(options)
  await rows(first.url, "delete from users")
  expect(await rows(second.url, "select id, name, email from users")).toEqual([
    { id: 1, name: "Ada", email: null },
  ])
  await using older = await testDatabase({ root: project.root, url, at: "a1" })
  const columns = "select attname from pg_attribute where attrelid = 'users'::regclass and attnum > 0"
  expect(await rows(older.url, columns)).toEqual([{ attname: "id" }, { attname: "name" }])
  await using empty = await testDatabase({ root: project.root, url, at: "base" })
  expect(await rows(empty.url, "select to_regclass('users')::text as users")).toEqual([{ users: null }])
  // Rows of a revision meet the ones after it, and come back.
  await rows(older.url, "insert into users values (7, 'Grace')")
  await older.upgrade("+1")
  expect(await rows(older.url, "select id, email from users")).toEqual([{ id: 7, email: null }])
  await older.downgrade("a1")
  await older.upgrade()
  expect(await rows(older.url, "select id, name, email from users")).toEqual([
    { id: 7, name: "Grace", email: null },
  ])
  await second.drop()
  await expect(rows(second.url, "select 1")).rejects.toThrow()
})

test("a server that stays keeps one template of a project, found by other processes, and none of its earlier revisions", async () => {
  await using own = await testProject(files)
  const kit = pathToFileURL(fileURLToPath(new URL("../../dist/testing.js", import.meta.url))).href
  await own.write({
    "once.mjs": `import { testDatabase } from ${JSON.stringify(kit)}
const db = await testDatabase({ root: ${JSON.stringify(own.root)}, url: process.env.SERVER })
await db.drop()
process.exit()`,
  })
  const run = () => {
    const env = { PATH: process.env["PATH"], SERVER: url }
    const { status, stderr } = spawnSync(process.execPath, ["once.mjs"], {
      cwd: own.root,
      env,
      encoding: "utf8",
    })
    expect(status, stderr).toBe(0)
  }
  const templates = (names: readonly string[]) =>
    rows<{ datname: string }>(
      url,
      "select datname from pg_database where datname like 'lockstep\\_template\\_%' order by oid",
    ).then((all) => all.map(({ datname }) => datname).filter((name) => !names.includes(name)))
  const others = await templates([])
  run()
  const [first = "", ...more] = await templates(others)
  expect(more).toEqual([])
  run()
  expect(await templates(others)).toEqual([first])
  await own.write({ "migrations/3.sql": revision("c3", "b2", "create table more ();") })
  run()
  const [second = ""] = await templates(others)
  expect(second).not.toBe(first)
  expect(await templates(others)).toEqual([second])
  await rows(url, `drop database ${second}`)
})

/** Registers a suite with a runner of ours, runs it, and returns what failed. */
async function failures(options: Parameters<typeof describeRevisions>[0]): Promise<Record<string, string>> {
  const tests: [string, () => Promise<void>][] = []
  const ends: (() => Promise<void>)[] = []
  const runner: TestRunner = {
    describe: (_, body) => body(),
    test: (name, body) => tests.push([name, body]),
    after: (body) => ends.push(body),
  }
  await describeRevisions({ ...options, runner })
  const failed: Record<string, string> = {}
  for (const [name, body] of tests)
    await body().catch((error: unknown) => {
      failed[name] = error instanceof Error ? error.message : String(error)
    })
  for (const end of ends) await end()
  return failed
}

test("a rollback that leaves a trace, two heads, and what does not meet the rows have tests of their own that fail", async () => {
  await using bad = await testProject({
    "1_users.sql": revision(
      "a1",
      "",
      "create table users (id int);\ncreate table trace ();\n\n-- rollback\ndrop table users;",
    ),
  })
  const left = await failures({ root: bad.root, scratch: { url } })
  expect(left).toEqual({
    "a1 users: its rollback leaves no trace, and it applies again": expect.stringMatching(
      /^the rollback of a1 leaves a trace:\n.*table public\.trace/,
    ),
    "applied again, there is nothing to do": "not reached: a1 failed",
  })

  await using rowsMatter = await testProject({
    "1_users.sql": revision("a1", "", "create table users (id int);"),
    "2_required.sql": revision("b2", "a1", "alter table users add column name text not null;"),
    "3_other.sql": revision("c3", "a1", "create table other ();"),
  })
  const empty = await failures({ root: rowsMatter.root, scratch: { url } })
  expect(Object.keys(empty)).toEqual(["there is one head"])
  const filled = await failures({
    root: rowsMatter.root,
    scratch: { url },
    data: { after: { a1: "insert into users values (1)" } },
  })
  expect(filled["b2 required: applies"]).toContain('column "name" of relation "users" contains null values')
  expect(filled["c3 other: applies"]).toBe("not reached: b2 failed")
})

test("node:test runs the suite as well", async () => {
  const kit = pathToFileURL(fileURLToPath(new URL("../../dist/testing.js", import.meta.url))).href
  await project.write({
    "revisions.test.mjs": `import { describeRevisions } from ${JSON.stringify(kit)}\nawait describeRevisions({ root: ${JSON.stringify(project.root)}, scratch: { url: process.env.SERVER } })\n`,
  })
  const { stdout, status } = spawnSync(
    process.execPath,
    ["--test", "--test-reporter=tap", "revisions.test.mjs"],
    {
      cwd: project.root,
      env: { PATH: process.env.PATH, SERVER: url },
      encoding: "utf8",
    },
  )
  expect(stdout).toContain("b2 email: its rollback leaves no trace, and it applies again")
  expect(status).toBe(0)
})
