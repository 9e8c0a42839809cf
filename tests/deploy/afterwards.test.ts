import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { judge } from "../../src/deploy/afterwards.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { majors, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = revision("a1", "", "create table users (id int);", "-- phase: expand")

test("smoke tests and a watch follow a deploy; where they fail, the compensating revision is offered", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1.sql": users })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url, PATH: process.env["PATH"] ?? "" } }
  const settings = (config: object) => project.write({ "lockstep.config.json": JSON.stringify(config) })

  await settings({ smokeQueries: ["select count(*) = 0 from users"], smoke: ['test -n "$DATABASE_URL"'] })
  expect(await lockstep(["deploy", "--watch", "200ms"], at)).toMatchObject({ exit: 0 })

  await project.write({ "migrations/2.sql": revision("b2", "a1", "create table teams (id int);") })
  await settings({ smokeQueries: ["select exists (select from teams)", "delete from users"] })
  const failed = await lockstep(["deploy", "--release", "sha-2"], at)
  expect(failed.exit).toBe(1)
  expect(failed.stderr).toContain("after the deploy: select exists (select from teams): it returned false")
  expect(failed.stderr).toContain("cannot execute DELETE in a read-only transaction")
  expect(failed.stderr).toContain("what was applied stays, and is recorded: b2")
  expect(failed.stderr).toContain("lockstep revert b2")
  expect((await lockstep(["history", "--failed"], at)).stdout).toContain("[afterwards-failed]")
  // The same command has nothing to apply, and looks again.
  const connection = await db.connect()
  await connection.run("insert into teams values (1)")
  await settings({ smokeQueries: ["select exists (select from teams)"] })
  expect((await lockstep(["deploy", "--release", "sha-2"], at)).exit).toBe(0)
  await settings({ smoke: ["echo no answer >&2; exit 7"] })
  expect((await lockstep(["deploy"], at)).stderr).toContain("failed: it ended with 7; no answer")
})

test("what a watch calls worse", () => {
  const before = { blocked: [], commits: 1000, rollbacks: 10, deadlocks: 0, lagSeconds: 0.1 }
  expect(judge(before, { ...before, commits: 2000, rollbacks: 20 })).toEqual([])
  const waiting = { pid: 7, seconds: 9, by: [8], query: "select 1" }
  const after = { blocked: [waiting], commits: 1050, rollbacks: 60, deadlocks: 2, lagSeconds: 45 }
  expect(judge(before, after).map(({ message }) => message)).toEqual([
    "session 7 waits 9 s for session 8: select 1",
    "2 deadlocks since the deploy",
    "50 % of 100 transactions were rolled back since the deploy, 1 % before",
    "a standby is 45 s behind",
  ])
})

test("a rehearsal runs what is pending on a copy, and forecasts go by what it measured", async ({ skip }) => {
  await using db = await testDatabase({ major: majors[0] ?? 15 })
  await using project = await testProject({
    "1.sql": revision(
      "a1",
      "",
      "create table big as select id, 'secret' as name from generate_series(1, 60000) id;",
    ),
  })
  const env = { DATABASE_URL: db.url, PATH: process.env["PATH"] ?? "" }
  const at = { cwd: project.root, env }
  await lockstep(["deploy"], at)
  await lockstep(["init", "--environment", "prod", "--protected"], at)
  await project.write({
    "migrations/2.sql": revision(
      "b2",
      "a1",
      "alter table big alter column id type bigint;\nupdate big set name = name || pg_sleep(0.2)::text where id = 1;\nalter table big alter column name type varchar;",
    ),
    "mask.sql": "update big set name = 'masked';",
  })
  const copy = `${db.name}_copy`
  const url = db.url.replace(db.name, copy)
  const clone = `psql -q -d '${db.server.url}' -c 'create database ${copy} template ${db.name}' && echo '${url}'`
  const drop = `psql -q -d '${db.server.url}' -c 'drop database ${copy} with (force)' && test "$LOCKSTEP_CLONE" = '${url}'`
  const words = [
    "rehearse",
    "prod",
    "--clone",
    clone,
    "--drop-clone",
    drop,
    "--mask",
    "mask.sql",
    "--out",
    "out.json",
    "--record",
  ]
  const ran = await lockstep([...words, "--json"], at)
  if (/psql: (?:not found|Permission denied)/.test(ran.stderr + ran.stdout)) return skip()
  const { result } = checkedJson("rehearse", ran.stdout) as {
    result: {
      database: string
      revisions: { id: string; statements: { sql: string; ms: number }[] }[]
      locks: { relation: string; mode: string; ms: number }[]
    }
  }
  expect(result).toMatchObject({ database: copy, revisions: [{ id: "b2", statements: [{}, {}, {}] }] })
  expect(result.revisions[0]?.statements[1]?.ms).toBeGreaterThan(199)
  expect(result.locks[0]).toMatchObject({ relation: "public.big", mode: "AccessExclusiveLock" })
  expect(existsSync(`${project.root}/out.json`)).toBe(true)
  // The copy is gone, and the real database is as it was.
  const connection = await db.connect()
  expect(await connection.query(`select from pg_database where datname = '${copy}'`)).toEqual([])
  expect((await lockstep(["status", "--env", "prod"], at)).stdout).toContain("b2")
  expect((await lockstep(["rehearse", "prod", "--clone", "echo"], at)).stderr).toContain("[rehearsal-failed]")
  const itself = await lockstep(["rehearse", "prod", "--clone", `echo '${db.url}&application_name=copy'`], at)
  expect(itself.stderr).toContain("the address of the database itself [rehearsal-failed]")
  expect((await lockstep(["rehearse", "prod"], at)).exit).toBe(2)
})

test("a rehearsal on a dump restores it, masks it, and what it measured is what lint goes by", async ({
  skip,
}) => {
  // The oldest of this run, so that the pg_dump of most machines can read it.
  await using db = await testDatabase({ major: majors[0] ?? 15 })
  await using project = await testProject({
    "1.sql": revision(
      "a1",
      "",
      "create table big (id int primary key, name text);\ninsert into big select i, 'secret' || i from generate_series(1, 20000) i;",
      "-- phase: expand",
    ),
  })
  const env = { DATABASE_URL: db.url, PATH: process.env["PATH"] ?? "" }
  const at = { cwd: project.root, env }
  expect((await lockstep(["deploy"], at)).exit).toBe(0)
  const dump = `${project.root}/shop.dump`
  const made = spawnSync("pg_dump", ["-Fc", "-f", dump, db.url], { encoding: "utf8" })
  if (made.error !== undefined || made.status !== 0)
    return skip("pg_dump is not installed, or older than the server")
  await project.write({
    "migrations/2.sql": revision(
      "b2",
      "a1",
      // Only what takes long enough to tell is kept for forecasts.
      "alter table big alter column id type bigint using case id when 1 then length(pg_sleep(0.6)::text) else id end;",
      "-- phase: migrate",
    ),
    // Fails where the rows are not those of the dump, and so says that it was run.
    "mask.sql":
      "do $$ begin assert (select count(*) from big where name like 'secret%') = 20000; end $$;\nupdate big set name = 'masked';",
  })
  const words = [
    "rehearse",
    "--dump",
    "shop.dump",
    "--mask",
    "mask.sql",
    "--scratch",
    db.server.url,
    "--record",
  ]
  const ran = await lockstep([...words, "--out", "rehearsal.json", "--json"], at)
  expect(ran.exit, ran.stderr + ran.stdout).toBe(0)
  const { result } = checkedJson("rehearse", ran.stdout) as { result: Record<string, unknown> }
  expect(result).toMatchObject({
    revisions: [{ id: "b2", statements: [{ file: "migrations/2.sql" }] }],
    locks: expect.arrayContaining([expect.objectContaining({ relation: "public.big" })]),
    measurements: [{ kind: "rewrite", relation: "public.big" }],
    recorded: true,
    notRestored: [],
  })
  expect(JSON.parse(await readFile(`${project.root}/rehearsal.json`, "utf8"))).toEqual(result)

  // The real database has its rows and its pending revision, and remembers what was measured.
  const connection = await db.connect()
  try {
    expect(await connection.query("select distinct left(name, 6) as name from big")).toEqual([
      { name: "secret" },
    ])
    expect(
      await connection.query(
        "select details -> 'rehearsed' as rehearsed from lockstep.event where kind = 'measured' order by at desc limit 1",
      ),
    ).toEqual([{ rehearsed: true }])
  } finally {
    await connection.close()
  }
  const plan = await lockstep(["plan", "--scratch", db.server.url, "--json"], at)
  expect(JSON.parse(plan.stdout).result).toMatchObject({ revisions: [{ id: "b2" }], measured: 1 })

  const nowhere = await lockstep([...words, "--out", "no/folder/rehearsal.json"], at)
  expect(nowhere).toMatchObject({ exit: 2, stderr: expect.stringContaining("[not-writable]") })
  const none = await lockstep(["rehearse", "--dump", "mask.sql", "--scratch", db.server.url], at)
  expect(none.stderr).toContain("[dump-unreadable]")
})
