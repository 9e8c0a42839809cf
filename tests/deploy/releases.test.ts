import { expect, test } from "vitest"
import { assertSchema } from "../../src/app/index.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = revision("a1", "", "create table users (id int, name text);", "-- phase: expand")
const room = revision("b2", "a1", "alter table users add column full_name text;", "-- phase: expand")
const removal = revision("c3", "b2", "alter table users drop column name;", "-- phase: contract")
const later = revision("d4", "c3", "create table orders (id int);", "-- phase: expand")

test("a contract waits for the next release, its soak time, and the releases before it; the rest goes on", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1_users.sql": users })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  expect((await lockstep(["deploy", "--release", "r1"], at)).stdout).toContain("deployed for r1: 1 revision")

  // The expand, the contract, and a table that has nothing to do with either come in one release.
  await project.write({
    "migrations/2_room.sql": room,
    "migrations/3_removal.sql": removal,
    "migrations/4_later.sql": later,
  })
  const second = await lockstep(["deploy", "--release", "r2", "--json"], at)
  expect(checkedJson("deploy", second.stdout)).toMatchObject({
    exit: 0,
    result: {
      applied: [{ id: "b2" }, { id: "d4" }],
      held: [
        { id: "c3", reasons: [expect.stringContaining("b2, which makes room for it, runs in this deploy")] },
      ],
    },
  })
  const status = await lockstep(["status", "--check"], at)
  expect(status.exit).toBe(0)
  expect(status.stdout).toMatch(/^held +c3: b2, which makes room for it/m)

  // The build that holds the contract works before it.
  const connection = await db.connect()
  const client = { query: async (text: string) => ({ rows: await connection.query(text) }) }
  expect(await assertSchema(client, { root: project.root })).toMatchObject({ needed: 3 })

  const same = await lockstep(["deploy", "--release", "r2"], at)
  expect(same.exit).toBe(0)
  expect(same.stdout).toContain("nothing to do for r2")
  expect(same.stdout).toContain("held: c3: b2, which makes room for it, came with this same release, r2")

  const third = ["deploy", "--release", "r3"]
  expect((await lockstep(third, at)).stdout).toContain("held: c3: what makes room for it soaks until")
  const early = await lockstep([...third, "--soak", "0"], at)
  expect(early.stdout).toContain("deployed for r3: 1 revision applied")
  expect((await lockstep(["status"], at)).stdout).not.toContain("held")
  const releases = await lockstep(["release", "list", "--json"], at)
  expect(checkedJson("release", releases.stdout)).toMatchObject({
    result: {
      releases: [
        { id: "r3", contracts: ["c3"] },
        { id: "r2", contracts: ["c3"] },
        { id: "r1", contracts: [] },
      ],
    },
  })
})

test("a release that was built before a contract keeps it waiting until it is gone", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1_users.sql": users, "2_room.sql": room })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url, LOCKSTEP_SOAK: "1d" } }
  await lockstep(["deploy", "--release", "r1"], at)
  await project.write({ "migrations/3_removal.sql": removal })
  // A day passes for the expand, not for the release that is said to serve.
  const connection = await db.connect()
  await connection.run("update lockstep.revision set finished_at = finished_at - interval '2 days'")
  const held = await lockstep(["deploy", "--release", "r2"], at)
  expect(held.stdout).toContain(
    "held: c3: release r1 still serves and was built before it; once it is gone: lockstep release retired r1",
  )

  expect((await lockstep(["release", "retired", "r9"], at)).stderr).toContain("[unknown-release]")
  expect((await lockstep(["release", "serving", "r2", "--because", "flipped"], at)).stdout).toMatch(
    /○ +r1 +retired/,
  )
  expect((await lockstep(["deploy", "--release", "r2"], at)).stdout).toContain(
    "deployed for r2: 1 revision applied",
  )
  expect((await lockstep(["history", "--log"], at)).stdout).toContain("because: flipped")
})

test("what names the same objects behind a held contract stops the deploy; a reason lets the contract go", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1_users.sql": users })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await lockstep(["deploy", "--release", "r1"], at)
  await lockstep(["init", "--environment", "prod", "--protected"], at)
  await project.write({
    "migrations/3_removal.sql": revision(
      "c3",
      "a1",
      "alter table users drop column name;",
      "-- phase: contract",
    ),
    "migrations/4_later.sql": revision(
      "d4",
      "c3",
      "alter table users add column name int;",
      "-- phase: expand",
    ),
  })
  const words = ["deploy", "prod", "--release", "r2"]
  const stopped = await lockstep(words, at)
  expect(stopped.exit).toBe(3)
  expect(stopped.stderr).toContain("revision c3 is held, and d4 comes after it [contract-in-the-way]")
  expect(stopped.stderr).toContain('--release-hold c3 --because "..."')

  expect((await lockstep([...words, "--release-hold", "c3"], at)).stderr).toContain("[reason-needed]")
  const go = await lockstep([...words, "--release-hold", "c3", "--because", "r1 never read it"], at)
  expect(go.stdout).toContain("deployed for r2: 2 revisions applied")
  expect((await lockstep(["history", "--log", "-e", "prod"], at)).stdout).toContain(
    "contract-released c3\n  because: r1 never read it",
  )
})

test("a first deploy holds nothing, also where it is cut off; upgrade does not pass what is held in a protected environment", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "1_users.sql": users,
    "2_room.sql": room,
    "3_removal.sql": removal,
    "4_later.sql": revision("d4", "c3", "select 1 / 0;", "-- phase: expand"),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  expect((await lockstep(["deploy", "--release", "r1"], at)).exit).toBe(1)
  await project.write({ "migrations/4_later.sql": later })
  expect((await lockstep(["deploy", "--release", "r1"], at)).stdout).toContain("1 revision applied")

  await lockstep(["init", "--environment", "prod", "--protected"], at)
  await project.write({
    "migrations/5_more.sql": revision("e5", "d4", "drop table orders;", "-- phase: contract"),
  })
  await lockstep(["deploy", "prod", "--release", "r2"], at)
  const passed = await lockstep(["upgrade", "--env", "prod"], at)
  expect(passed.exit).toBe(3)
  expect(passed.stderr).toContain("[contract-held]")
})

test("a rollback to an older image succeeds as long as what ran since is compatible", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1_users.sql": users })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await lockstep(["deploy", "--release", "r1"], at)
  await project.write({ "migrations/2_room.sql": room })
  await lockstep(["deploy", "--release", "r2"], at)

  await project.remove("migrations/2_room.sql")
  const back = await lockstep(["deploy", "--release", "r1"], at)
  expect(back.exit).toBe(0)
  expect(back.stderr).toContain(
    "note: the database is ahead of this build, and compatible with it [database-ahead]",
  )
  expect(back.stdout).toContain("nothing to do for r1")
  expect((await lockstep(["release", "list"], at)).stdout).toMatch(/^● +r1 /)
  expect((await lockstep(["upgrade"], at)).exit).toBe(3)

  // An image that lacks files is no older one.
  await project.remove("migrations/1_users.sql")
  const torn = await lockstep(["deploy", "--release", "r1"], at)
  expect(torn.exit).toBe(3)
  expect(torn.stderr).toContain("[database-ahead]")

  await project.write({
    "migrations/1_users.sql": users,
    "migrations/2_room.sql": room,
    "migrations/3_removal.sql": removal,
  })
  const hold = ["--release-hold", "c3", "--because", "nobody reads it"]
  await lockstep(["deploy", "--release", "r3", ...hold], at)
  await project.remove("migrations/3_removal.sql")
  const tooFar = await lockstep(["deploy", "--release", "r2"], at)
  expect(tooFar.exit).toBe(3)
  expect(tooFar.stderr).toContain("not compatible with older code: c3")
})
