import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

// What only processes of their own show: kills, signals, replicas. `npm test` builds the program first.
const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))

beforeAll(() => {
  if (!existsSync(program)) throw new Error("dist/cli.js is missing: run npm run build first")
})

const files = {
  "1_users.sql": revision("a1", "", "create table users (id int primary key);", "-- phase: expand"),
  "2_rows.sql": revision(
    "b2",
    "a1",
    "insert into users select generate_series(1, 1000);",
    "-- phase: migrate",
  ),
  "3_index.sql": revision(
    "c3",
    "b2",
    "create index concurrently users_id on users (id);",
    "-- phase: expand",
  ),
  "4_more.sql": revision("d4", "c3", "create table more (id int);", "-- phase: expand"),
}

function start(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = "", HOME = "" } = process.env
  return spawn(process.execPath, [program, ...words], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs it to its end; `onText` is told what it prints, as it prints it. */
async function ended(child: ChildProcess, onText: (text: string) => void = () => undefined): Promise<Ended> {
  const texts = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.on("data", (data: Buffer) => {
      texts[name] += data.toString()
      onText(data.toString())
    })
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { exit, ...texts }
}

eachMajor(
  "a deploy that is killed at any stage is finished by the same command, with everything once",
  async (db) => {
    await using project = await testProject(files)
    const words = ["deploy", "--release", "r1", "--events"]
    const env = { DATABASE_URL: db.url }
    const stages = [
      '"type":"connected"',
      '"type":"planned"',
      '"type":"revision-started","revision":"b2"',
      '"type":"step-started","revision":"c3"',
      '"type":"revision-finished","revision":"d4"',
    ]
    for (const stage of stages) {
      const child = start(words, project.root, env)
      await ended(child, (text) => {
        if (text.includes(stage)) child.kill("SIGKILL")
      })
    }
    expect((await ended(start(words, project.root, env))).exit).toBe(0)

    const connection = await db.connect()
    expect(await connection.query("select id from lockstep.revision order by sequence")).toEqual(
      ["a1", "b2", "c3", "d4"].map((id) => ({ id })),
    )
    const counts = `select (select count(*)::int from users) as users, (select count(*)::int from lockstep.step) as steps,
    (select count(*)::int from lockstep.event where kind = 'applied') as applied,
    (select count(*)::int from lockstep.event where kind = 'deployed') as deployed,
    (select count(*)::int from pg_index where not indisvalid) as invalid,
    (select count(*)::int from pg_locks where relation = 'lockstep.lock'::regclass
      and database = (select oid from pg_database where datname = current_database())) as locks`
    expect(await connection.query(counts)).toEqual([
      { users: 1000, steps: 0, applied: 4, deployed: 1, invalid: 0, locks: 0 },
    ])
    expect(await connection.query("select id from lockstep.release")).toEqual([{ id: "r1" }])
  },
)

test("a deploy whose process was killed is found among the failed ones; while it runs it is not", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "1_users.sql": files["1_users.sql"],
    "2_slow.sql": revision("b2", "a1", "select pg_sleep(300);", "-- phase: migrate"),
  })
  const env = { DATABASE_URL: db.url }
  const failed = async () => {
    const { stdout } = await ended(start(["history", "--failed", "--json"], project.root, env))
    return (JSON.parse(stdout).result.events as { kind: string; message: string }[]).map(
      ({ kind, message }) => `${kind}: ${message}`,
    )
  }
  const child = start(["deploy", "--events"], project.root, env)
  let seen = ""
  let isSlow: () => void = () => undefined
  const slow = new Promise<void>((resolve) => {
    isSlow = resolve
  })
  const end = ended(child, (text) => {
    seen += text
    if (seen.includes('"type":"step-started","revision":"b2"')) isSlow()
  })
  await slow
  expect(await failed()).toEqual([])
  child.kill("SIGKILL")
  await end
  // The server takes a moment to notice that nobody is there.
  await expect
    .poll(failed, { timeout: 20_000 })
    .toEqual([expect.stringMatching(/^cut-off: a deploy of a1, b2 began and was cut off/)])
})

/** Says that it has begun, and waits for what never comes to a deploy that is killed. */
const hold = `echo "$1" >> begun
while [ ! -e "go-$1" ] && [ -e hold.sh ]; do sleep 0.1; done
echo "$1 done"
`

/** Writes half a dump, as pg_dump has on the disk in the middle of its work. */
const halfDump = `#!/bin/sh
while [ "$1" != -f ]; do shift; done
printf half > "$2"
exec sh hold.sh dump
`

test.skipIf(process.platform === "win32")(
  "a deploy that is killed while it saves what is there, or looks afterwards: nothing half-made counts, and the same command ends as ever",
  async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "1.sql": revision("a1", "", "create table users as select 1 as id, 'x' as phone;", "-- phase: expand"),
    })
    const words = ["deploy", "--release", "r2"]
    const env = { DATABASE_URL: db.url }
    expect((await ended(start(["deploy", "--release", "r1"], project.root, env))).exit).toBe(0)
    await project.write({
      "migrations/2.sql": revision("b2", "a1", "alter table users drop column phone;", "-- phase: migrate"),
      "hold.sh": hold,
      "bin/pg_dump": halfDump,
    })
    chmodSync(join(project.root, "bin/pg_dump"), 0o755)
    const settings = (config: object) =>
      project.write({
        "lockstep.config.json": JSON.stringify({ exportCommand: "sh hold.sh export", ...config }),
      })
    const connection = await db.connect()
    const saved = () =>
      connection.query(`select (select count(*)::int from lockstep.revision) as revisions,
  (select count(*)::int from lockstep.event where kind in ('backed-up', 'exported')) as saved,
  (select count(*)::int from pg_attribute where attrelid = 'users'::regclass and attname = 'phone') as phone`)

    for (const stage of ["dump", "backup", "export", "smoke"]) {
      await settings({
        ...(stage === "dump" ? { dumps: "dumps" } : {}),
        backup: "sh hold.sh backup",
        smoke: ["sh hold.sh smoke"],
      })
      const path = `${join(project.root, "bin")}:${process.env["PATH"] ?? ""}`
      const child = start(words, project.root, { ...env, PATH: path })
      const end = ended(child)
      await waitUntil(() => readOr(join(project.root, "begun"), "").includes(stage))
      if (stage !== "smoke") expect(await saved(), stage).toEqual([{ revisions: 1, saved: 0, phone: 1 }])
      child.kill("SIGKILL")
      await project.write({ [`go-${stage}`]: "" })
      await end
    }
    expect(readdirSync(join(project.root, "dumps"))).toEqual([expect.stringMatching(/\.dump\.unfinished$/)])
    const done = await ended(start(words, project.root, env))
    expect(done).toMatchObject({ exit: 0, stdout: expect.stringContaining("nothing to do for r2") })
    expect(await saved()).toEqual([{ revisions: 2, saved: 2, phone: 0 }])
    const listed = await ended(start(["exports", "list", "--json"], project.root, env))
    expect(JSON.parse(listed.stdout)).toMatchObject({ result: { exports: [{ state: "here" }] } })
    expect(
      await connection.query(
        "select count(*)::int as applied, (select count(*)::int from pg_locks where relation = 'lockstep.lock'::regclass and database = (select oid from pg_database where datname = current_database())) as locks from lockstep.event where kind = 'applied' and revision = 'b2'",
      ),
    ).toEqual([{ applied: 1, locks: 0 }])
  },
)

function readOr(path: string, otherwise: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : otherwise
}

/** Waits for a state, however long the machine takes to come to it. */
async function waitUntil(reached: () => boolean): Promise<void> {
  while (!reached()) await pause(20)
}

const server = `
const { createServer } = require("node:http")
const server = createServer().listen(0, () => console.log("serving", process.env.LOCKSTEP_MIGRATOR_URL ?? "without the migrator"))
process.on("SIGTERM", () => { console.log("closing"); server.close(() => process.exit(7)) })
`

test("replicas start at once, one of them deploys, and each runs its program in its own place", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const app = await db.role()
  await project.write({
    "lockstep.config.json": JSON.stringify({ applicationRoles: [app] }),
    "server.cjs": server,
  })
  const env = { DATABASE_URL: db.urlOf(app), LOCKSTEP_MIGRATOR_URL: db.url }
  const words = ["entrypoint", "--apply", "--timeout", "10min", "--", process.execPath, "server.cjs"]
  const replicas = Array.from({ length: 3 }, () => {
    const child = start(words, project.root, env)
    return ended(child, (text) => {
      if (text.includes("serving")) child.kill("SIGTERM")
    })
  })
  for (const { exit, stdout } of await Promise.all(replicas))
    expect({ exit, stdout }).toEqual({ exit: 7, stdout: "serving without the migrator\nclosing\n" })
  const connection = await db.connect()
  expect(
    await connection.query("select count(*)::int as applied from lockstep.event where kind = 'applied'"),
  ).toEqual([{ applied: 4 }])
})

test("without --apply it only waits; with the application's own credentials it refuses to apply", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const env = { DATABASE_URL: db.url }
  const program = ["--", process.execPath, "-e", "process.exit(3)"]
  const waiting = await ended(start(["entrypoint", "--timeout", "0", ...program], project.root, env))
  expect(waiting).toMatchObject({ exit: 3, stderr: expect.stringContaining("[schema-not-managed]") })
  const same = { ...env, LOCKSTEP_MIGRATOR_URL: db.url }
  const refused = await ended(start(["entrypoint", "--apply", ...program], project.root, same))
  expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining("[same-credentials]") })
  await ended(start(["deploy"], project.root, env))
  expect((await ended(start(["entrypoint", ...program], project.root, env))).exit).toBe(3)
  const missing = await ended(start(["entrypoint", "--", "no-such-program"], project.root, env))
  expect(missing).toMatchObject({ exit: 1, stderr: expect.stringContaining("[program-failed]") })
})
