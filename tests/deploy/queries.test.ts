import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { deploy } from "../../src/api/deploy.ts"
import { prove } from "../../src/api/prove.ts"
import { markReleases } from "../../src/api/release.ts"
import type { RecordedQuery } from "../../src/queries/manifest.ts"
import { lockstep } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const find: RecordedQuery = {
  sql: "select name from users where id = $1",
  name: "find",
  from: ["src/users.ts:14"],
}
const mail: RecordedQuery = { sql: "select email from users where id = $1", from: ["src/users.ts:20"] }
const tall: RecordedQuery = { sql: "select height from users", from: ["src/users.ts:30"] }
const manifest = (...queries: readonly RecordedQuery[]) => JSON.stringify({ v: 1, queries })
const source = (...queries: readonly RecordedQuery[]) => [
  { text: manifest(...queries), file: "queries.json", line: 1 },
]

const users = revision("aaaa", "", "create table users (id bigint primary key, name text, email text);")
const change = revision(
  "bbbb",
  "aaaa",
  "alter table users add column height int;\nalter table users drop column name;",
)

test("a deploy stores what its release issues, and the next one is stopped where it would break that", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "a.sql": users })
  const options = { root: project.root, url: db.url, scratch: { url: db.server.url } }
  await deploy({ ...options, release: "one", queries: source(find, mail) })
  await project.write({ "migrations/b.sql": change })

  const proven = await prove({
    root: project.root,
    target: { url: db.url },
    queries: source(mail, tall),
    scratch: options.scratch,
  })
  expect(proven).toMatchObject({
    releases: ["one"],
    proven: 2,
    broken: [
      {
        query: "find",
        from: ["src/users.ts:14"],
        releases: ["one"],
        sqlState: "42703",
        file: "migrations/b.sql",
        line: 5,
      },
    ],
    unproven: [{ query: "src/users.ts:30", because: '42703 column "height" does not exist' }],
  })

  expect(proven.unproven[0]).not.toHaveProperty("afterwards")

  const said =
    '1 query of what serves (one) and what is to come would break: find (src/users.ts:14) of release one fails with 42703: column "name" does not exist, by migrations/b.sql:5'
  await expect(deploy({ ...options, release: "two", queries: source(mail) })).rejects.toMatchObject({
    code: "preflight-stopped",
    exitCode: 3,
    message: `the deploy does not begin: proof: ${said}`,
  })

  // Once nobody issues it any more, nothing is broken; and a deploy may be told to go on for a reason.
  await markReleases({ url: db.url, releases: ["one"], as: "retired" })
  const done = await deploy({ ...options, release: "two", queries: source(mail) })
  expect(done.checks).toContainEqual(
    expect.objectContaining({
      check: "proof",
      state: "ok",
      evidence: "1 query of the release to come still good",
    }),
  )
  expect(
    await (await db.connect()).query(
      "select id, (select queries -> 0 ->> 'sql' from lockstep.query_manifest m where m.digest = r.queries) as sql from lockstep.release r order by id",
    ),
  ).toEqual([
    { id: "one", sql: mail.sql },
    { id: "two", sql: mail.sql },
  ])
})

test("the setting says where the queries are; a bundle carries them into an image that lacks the file", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "a.sql": users })
  await project.write({
    "app/users.sql": `-- name: find\n${find.sql};`,
    "lockstep.config.json": JSON.stringify({ queries: "app" }),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const before = (await lockstep(["hash"], at)).stdout
  expect((await lockstep(["bundle"], at)).exit).toBe(0)
  const bundle = JSON.parse(await readFile(join(project.root, "lockstep.bundle.json"), "utf8"))
  expect(bundle.declared).toEqual([{ sql: find.sql, name: "find", from: ["app/users.sql:2"] }])
  expect(bundle.digest).toBe(JSON.parse(before).digest)
  await project.remove("app/users.sql")
  expect((await lockstep(["bundle", "--verify"], at)).exit).toBe(0)
  expect((await lockstep(["deploy", "--release", "one"], at)).exit).toBe(0)

  await project.write({ "migrations/b.sql": change, "app/users.sql": tall.sql })
  const words = ["prove", "--scratch", db.server.url]
  const { exit, stdout } = await lockstep(words, at)
  expect(exit).toBe(3)
  expect(stdout).toContain(
    'find error fails with 42703: column "name" does not exist\n  from app/users.sql:2, of one, which serves\n  by migrations/b.sql:5 alter table users drop column name',
  )
  await project.remove("app/users.sql")
  expect((await lockstep([...words, "--range", "aaaa:heads"], at)).stderr).toContain(
    "nothing says what the application issues",
  )
})
