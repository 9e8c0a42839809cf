import { expect, inject, test } from "vitest"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const files = {
  "1_users.sql": revision("a1", "", "create table users (id int);"),
  "2_email.sql": revision("b2", "a1", "alter table users add column email text;"),
  "3_index.sql": revision("c3", "b2", "create index users_email on users (email);"),
}
const scratch = ["--scratch", inject("servers").at(-1)?.url ?? ""]

async function names(
  words: readonly string[],
  at: Parameters<typeof lockstep>[1],
): Promise<readonly string[]> {
  const { stdout } = await lockstep(["doctor", "--json", ...words, ...scratch], at)
  const { result } = checkedJson("doctor", stdout) as { result: { ailments: { name: string }[] } }
  return result.ailments.map(({ name }) => name)
}

test("applied out of band, and recorded without being there: the revision is found, and one command puts it right", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await lockstep(["upgrade", "+1"], at)
  expect(await lockstep(["doctor", ...scratch], at)).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("healthy"),
  })

  const connection = await db.connect()
  await connection.run("alter table users add column email text")
  const behind = await lockstep(["doctor", ...scratch], at)
  expect(behind.exit).toBe(3)
  expect(behind.stdout).toContain(
    "history-behind: the catalog is that of b2, but the history does not say so",
  )
  expect(behind.stdout).toContain("there, and not recorded: b2 email")
  expect(behind.stdout).toContain("do: lockstep stamp b2")
  const done = await lockstep(["repair", "--because", "INC-1", "--json", ...scratch], at)
  expect(checkedJson("repair", done.stdout)).toMatchObject({
    exit: 0,
    result: { done: true, left: [], planned: [{ ailment: "history-behind" }] },
  })
  expect((await lockstep(["status"], at)).stdout).toContain("b2")
  expect(await names([], at)).toEqual([])

  // The other way round: what was recorded last is gone.
  await lockstep(["upgrade"], at)
  await connection.run("drop index users_email")
  const again = await lockstep(["repair", "--because", "INC-2", ...scratch], at)
  expect(again.stdout).toContain("the history says more than is there: the catalog is that of b2")
  expect((await lockstep(["deploy"], at)).stdout).toContain("deployed: 1 revision applied")

  await connection.run("create table by_hand ()")
  const drift = await lockstep(["doctor", ...scratch], at)
  expect(drift.stdout).toContain("drift: the catalog is that of no revision")
  expect(drift.stdout).toContain("public.by_hand")
})

test("an interrupted build, a failed run, edited and missing files, relations of another owner: each with its way out", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    ...files,
    "4_bad.sql": revision("d4", "c3", "alter table nowhere add x int;"),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await lockstep(["upgrade"], at)
  const failed = await lockstep(["doctor", "--no-compare"], at)
  expect(failed.stdout).toMatch(
    /last-run-failed: the last run failed at \S+, at d4\n +revision d4: relation "nowhere" does not exist/,
  )
  await project.remove("migrations/4_bad.sql")
  await lockstep(["stamp", "c3", "--unverified"], at)

  const connection = await db.connect()
  await connection.run("insert into users values (1, 'a'), (2, 'a')")
  await connection.run("create unique index concurrently twice on users (email)").catch(() => undefined)
  expect(await names(["--no-compare"], at)).toEqual(["invalid-index"])
  expect((await lockstep(["repair", "--plan", ...scratch], at)).stdout).toContain("would be done")
  expect((await lockstep(["repair", ...scratch], at)).stderr).toContain("[reason-needed]")
  const refused = await lockstep(["repair", "--because", "INC-3", ...scratch], at)
  expect(refused.exit).toBe(1)
  expect(refused.stderr).toContain("[repair-failed, SQLSTATE 23505]")
  await connection.run("delete from users where id = 2")
  expect((await lockstep(["repair", "--because", "INC-3", ...scratch], at)).stdout).toContain("repaired in")
  await connection.run("drop index twice")

  await project.write({
    "migrations/2_email.sql": revision("b2", "a1", "alter table users add column mail text;"),
  })
  await project.remove("migrations/3_index.sql")
  expect(await names([], at)).toEqual(["revision-edited", "database-ahead"])

  const role = await db.role()
  await connection.run(
    `grant usage on schema lockstep to ${role}; grant select on all tables in schema lockstep to ${role}`,
  )
  const asRole = { cwd: project.root, env: { DATABASE_URL: db.urlOf(role) } }
  expect((await lockstep(["doctor", "--no-compare"], asRole)).stdout).toContain(
    "wrong-owner: 1 relation belongs to postgres, and this role may not alter them: users",
  )
})

test("a database of another tool, one without a history, and none at all", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  expect(await names([], at)).toEqual([])
  const connection = await db.connect()
  await connection.run("create table users (id int)")
  expect((await lockstep(["doctor"], at)).stdout).toContain("no-history")
  await connection.run("create table alembic_version (version_num varchar(32) primary key)")
  const other = await lockstep(["doctor"], at)
  expect(other.stdout).toContain("other-tool")
  expect(other.stdout).toContain("do: lockstep adopt")
  const nobody = { cwd: project.root, env: { DATABASE_URL: "postgres://app@127.0.0.1:1/app" } }
  const none = await lockstep(["doctor", "--json"], nobody)
  expect(checkedJson("doctor", none.stdout)).toMatchObject({
    exit: 5,
    result: { ailments: [{ name: "cannot-connect" }] },
  })
})
