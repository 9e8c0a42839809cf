import { expect, test } from "vitest"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const files = {
  "1_users.sql": revision("a1", "", "create table users (id int);", "-- phase: expand"),
  "2_phone.sql": revision("b2", "a1", "alter table users add column phone text;", "-- phase: expand"),
}

eachMajor("deploy looks, applies, records, and has nothing to do the second time", async (db) => {
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const { digest } = JSON.parse((await lockstep(["hash"], at)).stdout)

  const before = await lockstep(["preflight", "--json"], at)
  const { result } = checkedJson("preflight", before.stdout) as {
    result: {
      ready: boolean
      checks: { check: string; state: string; evidence: string; details?: string[] }[]
    }
  }
  expect(result.ready).toBe(true)
  expect(result.checks.map(({ check }) => check)).toEqual([
    "identity",
    "server",
    "writable",
    "pooler",
    "environment",
    "history",
    "disk",
    "replication",
    "transactions",
    "indexes",
    "pending",
  ])
  expect(result.checks.at(-1)).toMatchObject({ details: ["a1 users (expand)", "b2 phone (expand)"] })
  const connection = await db.connect()
  const schemas = () => connection.query("select from pg_namespace where nspname = 'lockstep'")
  expect(await schemas()).toHaveLength(0)

  const other = await lockstep(["deploy", "--expect-bundle", "0123456789abcdef"], at)
  expect(other.exit).toBe(3)
  expect(other.stderr).toContain("[bundle-unexpected]")
  expect(await schemas()).toHaveLength(0)

  const words = ["deploy", "--release", "sha-1", "--expect-bundle", `sha256:${digest}`]
  const first = await lockstep([...words, "--json"], at)
  expect(checkedJson("deploy", first.stdout)).toMatchObject({
    ok: true,
    result: { release: "sha-1", bundle: digest, applied: [{ id: "a1" }, { id: "b2" }], current: ["b2"] },
  })
  const again = await lockstep(words, at)
  expect(again).toEqual({ exit: 0, stdout: `nothing to do for sha-1: ${db.name} is at b2\n`, stderr: "" })

  const log = await lockstep(["history", "--log"], at)
  expect(log.stdout).toContain("deployed")
  const runs = await connection.query<{ command: string; release: string }>(
    "select command, release from lockstep.run",
  )
  expect(runs).toEqual([{ command: "deploy", release: "sha-1" }])
})

test("a failure says in which state the database is, and the same command goes on", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    ...files,
    "3_bad.sql": revision("c3", "b2", "alter table nowhere add x int;"),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const words = ["deploy", "--release", "sha-1"]
  const failed = await lockstep(words, at)
  expect(failed.exit).toBe(1)
  expect(failed.stderr).toContain("[statement-failed, SQLSTATE 42P01]")
  expect(failed.stderr).toContain(`state: ${db.name} is at b2`)
  expect(failed.stderr).toContain("next: lockstep deploy --release sha-1")
  expect((await lockstep(["history", "--failed"], at)).stdout).toContain("c3")

  await project.write({ "migrations/3_bad.sql": revision("c3", "b2", "alter table users add x int;") })
  const done = await lockstep(words, at)
  expect(done).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^deployed for sha-1: 1 revision applied/),
  })
})

test("what stands in the way is told with the way out, and the policy decides what stops", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const connection = await db.connect()
  await connection.run("create table t (id int); insert into t values (1), (1)")
  await connection.run("create unique index concurrently broken on t (id)").catch(() => undefined)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }

  const warned = await lockstep(["preflight"], at)
  expect(warned.exit).toBe(0)
  expect(warned.stdout).toContain(
    "! indexes       invalid: broken\n    way out: reindex index concurrently broken, or drop it",
  )

  await project.write({
    "lockstep.config.json": JSON.stringify({
      environments: { prod: { preflight: { indexes: "stop" } }, dev: {} },
    }),
  })
  const stopped = await lockstep(["deploy", "prod"], at)
  expect(stopped.exit).toBe(3)
  expect(stopped.stderr).toContain("the deploy does not begin: indexes: invalid: broken [preflight-stopped]")
  expect(stopped.stderr).toContain("nothing was changed")
  expect(await connection.query("select from pg_namespace where nspname = 'lockstep'")).toHaveLength(0)
  expect((await lockstep(["preflight", "prod"], at)).exit).toBe(3)
  expect((await lockstep(["deploy", "dev"], at)).exit).toBe(0)

  await project.write({ "lockstep.config.json": JSON.stringify({ preflight: { indexs: "stop" } }) })
  const wrong = await lockstep(["preflight"], at)
  expect(wrong.exit).toBe(2)
  expect(wrong.stderr).toContain(
    'preflight: must be an object of "stop", "warn" or "off" by the names of checks (identity, ',
  )
})

test("a preflight says what an upgrade would refuse, all of it at once", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await lockstep(["upgrade"], at)
  await lockstep(["init", "--environment", "prod", "--protected"], at)
  await project.write({ "migrations/1_users.sql": revision("a1", "", "create table users (id bigint);") })
  const role = await db.role()
  const connection = await db.connect()
  await connection.run(
    `alter role ${role} set default_transaction_read_only = on; grant usage on schema lockstep to ${role}; grant select on all tables in schema lockstep to ${role}`,
  )
  const { exit, stdout } = await lockstep(["preflight", "staging"], {
    cwd: project.root,
    env: { DATABASE_URL: db.urlOf(role) },
  })
  expect(exit).toBe(3)
  const stops = [...stdout.matchAll(/^✗ (\w+) .*\[([\w-]+)\]$/gm)].map(([, check, code]) => [check, code])
  expect(stops).toEqual([
    ["writable", "read-only-target"],
    ["environment", "wrong-environment"],
    ["pending", "revision-edited"],
  ])
  expect(stdout).toContain("✗ history       schema lockstep belongs to another role")
})

test("drift, an incomplete image, and a role that could change the schema are seen before anything runs", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1_users.sql": files["1_users.sql"] })
  const role = await db.role()
  await project.write({ "lockstep.config.json": JSON.stringify({ applicationRoles: [role] }) })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await lockstep(["deploy"], at)
  expect((await lockstep(["preflight"], at)).stdout).toMatch(/✓ drift +none/)

  const connection = await db.connect()
  await connection.run(`create table by_hand (); grant create on schema public to ${role}`)
  const warn = { applicationRoles: [role], preflight: { roles: "warn" } }
  await project.write({ "lockstep.config.json": JSON.stringify(warn) })
  const nothing = await lockstep(["deploy"], at)
  expect(nothing.exit).toBe(0)
  expect(nothing.stdout).toContain("nothing to do")
  expect(nothing.stdout).toContain("look at: drift: the catalog is not what the last run left")

  await lockstep(["bundle"], at)
  await project.write({ "migrations/2_phone.sql": files["2_phone.sql"] })
  const torn = await lockstep(["preflight"], at)
  expect(torn.exit).toBe(3)
  expect(torn.stdout).toContain(
    "✗ bundle        the revisions here are not those of lockstep.bundle.json\n    not in the bundle: b2",
  )
  expect(torn.stdout).toMatch(
    new RegExp(
      `! roles +\\d ways? to change the schema that the last deploy did not find\n +${role}: create:schema public`,
    ),
  )

  await lockstep(["bundle"], at)
  await project.write({
    "lockstep.config.json": JSON.stringify({ applicationRoles: [role], preflight: { drift: "stop" } }),
  })
  expect((await lockstep(["deploy"], at)).stderr).toContain("the deploy does not begin: drift: ")
})

test("a path that was not there at the last deploy stops this one; one that was is told", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1_users.sql": files["1_users.sql"] })
  const role = await db.role()
  await project.write({ "lockstep.config.json": JSON.stringify({ applicationRoles: [role] }) })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const connection = await db.connect()
  await connection.run(`create schema old authorization ${role}`)

  // Nobody knows what was there before the first deploy.
  const first = await lockstep(["deploy"], at)
  expect(first).toMatchObject({ exit: 0, stdout: expect.stringMatching(/roles: 1 way to change the schema/) })

  // With nothing to apply, the gate looks as well: new code is about to serve.
  await connection.run(`grant create on schema public to ${role}`)
  const stopped = await lockstep(["deploy"], at)
  expect(stopped.exit).toBe(3)
  expect(stopped.stderr).toContain(
    "the deploy does not begin: roles: 1 way to change the schema that the last deploy did not find",
  )
  expect(stopped.stderr).toContain(`${role}: create:schema public`)

  // Let pass once for a reason, it is known from then on.
  const words = ["deploy", "--override", "roles", "--because", "until Monday"]
  expect(await lockstep(words, at)).toMatchObject({ exit: 0 })
  const known = await lockstep(["deploy"], at)
  expect(known).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("roles: 2 ways to change the schema"),
  })

  // What a revision opens is told at once, and stops the next deploy.
  await connection.run(`drop schema old; revoke create on schema public from ${role}`)
  const opens = `create schema opened; grant create on schema opened to ${role};`
  await project.write({ "migrations/2_phone.sql": `${files["2_phone.sql"]}\n${opens}\n` })
  const opening = await lockstep(["deploy"], at)
  expect(opening.exit).toBe(0)
  expect(opening.stdout).toContain("did not find")
  expect((await lockstep(["deploy"], at)).exit).toBe(3)
})

test("a deploy ends at its deadline, and the next one goes on", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  expect((await lockstep(["deploy"], at)).exit).toBe(0)
  await project.write({ "migrations/3_slow.sql": revision("c3", "b2", "select pg_sleep(600);") })
  // On a busy machine it may come before the deploy has begun to apply anything.
  let said = ""
  while (!said.includes("state:")) {
    const { exit, stderr } = await lockstep(["deploy", "--deadline", "1500ms"], at)
    expect(exit).toBe(5)
    expect(stderr).toContain("[deadline-reached]")
    said = stderr
  }
  expect(said).toContain(`state: ${db.name} is at b2`)
  await project.write({ "migrations/3_slow.sql": revision("c3", "b2", "select 1;") })
  expect((await lockstep(["deploy"], at)).exit).toBe(0)
})
