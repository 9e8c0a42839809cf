import { expect, test, vi } from "vitest"
import { type Ended, lockstep, type Surroundings } from "../cli/lockstep.ts"
import { type TestDatabase, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

// What ends a deploy before or while it changes something: a clear refusal, and a database as it was.

const users = revision("a1", "", "create table users (id int, phone text);", "-- phase: expand")

/** Everything of a database that a deploy changes, but that somebody tried. */
async function state(db: TestDatabase): Promise<unknown> {
  const connection = await db.connect("state")
  const [row] = await connection.query<{ exists: boolean }>(
    "select to_regclass('lockstep.revision') is not null as exists",
  )
  return connection.query(
    `select (select json_agg(c.relname order by c.relname) from pg_class c where c.relnamespace = 'public'::regnamespace)::text as relations,
  (select json_agg(attname order by attnum) from pg_attribute where attrelid = to_regclass('users') and attnum > 0 and not attisdropped)::text as columns,
  (select count(*)::int from pg_locks where relation = to_regclass('lockstep.lock') and database = (select oid from pg_database where datname = current_database())) as locks,
  ${row?.exists === true ? "(select json_agg(id order by sequence) from lockstep.revision)::text" : "null::text"} as applied`,
  )
}

test("permission missing for any of the steps: a refusal that says what, and nothing changed", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1.sql": users })
  const admin = await db.connect()
  const [migrator, stranger, owner] = [await db.role(), await db.role(), await db.role("nologin")]
  const as = (role: string): Surroundings => ({ cwd: project.root, env: { DATABASE_URL: db.urlOf(role) } })
  const settings = (config: object) => project.write({ "lockstep.config.json": JSON.stringify(config) })
  const refused = async (
    what: string,
    role: string,
    words: readonly string[] = ["deploy"],
  ): Promise<Ended> => {
    const before = await state(db)
    const ended = await lockstep(words, as(role))
    expect(await state(db), what).toEqual(before)
    return ended
  }

  await admin.run(`revoke connect on database ${db.name} from public`)
  expect(await refused("connect", stranger)).toMatchObject({
    exit: 5,
    stderr: expect.stringContaining(`hint: grant connect on database "${db.name}" to "${stranger}"`),
  })
  await admin.run(`grant connect on database ${db.name} to public`)
  expect(await refused("make the history", migrator)).toMatchObject({
    exit: 3,
    stderr: expect.stringMatching(
      /history: there is no schema lockstep, and this role may not make one \[preflight-stopped\]\n {2}nothing was changed\n {2}hint: let an administrator run once: create schema lockstep authorization/,
    ),
  })
  await admin.run(
    `create schema lockstep authorization ${migrator}; grant create on schema public to ${migrator}`,
  )
  expect(await lockstep(["deploy"], as(migrator))).toMatchObject({ exit: 0 })
  await project.write({
    "migrations/2.sql": revision("b2", "a1", "alter table users drop column phone;", "-- phase: migrate"),
  })
  await admin.run("insert into users values (1, '2')")

  expect(await refused("read the history", stranger)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("[history-not-readable,"),
  })
  await admin.run(
    `grant usage on schema lockstep to ${stranger}; grant select on all tables in schema lockstep to ${stranger}`,
  )
  expect(await refused("write the history", stranger)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("[history-owned-by-stranger]"),
  })

  await admin.run(`revoke select on users from ${migrator}`)
  const exported = await refused("export", migrator)
  expect(exported.exit).toBe(1)
  expect(exported.stderr).toMatch(
    /permission denied for table users \[export-failed.*\n.*\n {2}nothing was changed/,
  )
  await admin.run(`grant select on users to ${migrator}`)

  await settings({ dumps: "lockstep.config.json" })
  expect(await refused("the folder of dumps", migrator)).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/\[backup-failed\]\n(?: {2}.*\n)*? {2}nothing was changed/),
  })
  await settings({ backup: "echo may not >&2; exit 1" })
  expect(await refused("the backup's command", migrator)).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/may not\n {2}nothing was changed/),
  })

  await settings({
    applicationRoles: [stranger],
    roles: { owner, migrator, schemas: ["public"], applications: {} },
  })
  expect(await refused("become the owner", migrator)).toMatchObject({
    stderr: expect.stringContaining(`the connecting role cannot become the owner ${owner}`),
  })
  await settings({ applicationRoles: ["nobody_of_this_name"] })
  expect((await refused("grant to the application", migrator)).stderr).toContain("nobody_of_this_name")

  await settings({})
  await admin.run(`revoke insert on lockstep.run from ${migrator}`)
  expect(await refused("record the run", migrator)).toMatchObject({
    stderr: expect.stringContaining("this role may not write the history in schema lockstep"),
  })
  await admin.run(`grant insert on lockstep.run to ${migrator}; alter table users owner to ${db.server.user}`)
  await admin.run(`grant select on users to ${migrator}`)
  const altered = await refused("the revision itself", migrator)
  expect(altered.exit).toBe(1)
  expect(altered.stderr).toContain("must be owner of table users")
  expect(altered.stderr).toContain("revision b2 was rolled back, nothing of it stays")
  expect(altered.stderr).toContain('"lockstep doctor" says')
  await admin.run(`alter table users owner to ${migrator}`)
  expect(await lockstep(["deploy"], as(migrator))).toMatchObject({ exit: 0 })
})

test("clocks that jump: a container's counts for nothing, and a server's that went back lets nothing pass", async () => {
  await using staging = await testDatabase()
  await using db = await testDatabase()
  await using project = await testProject({ "1.sql": users })
  await project.write({
    "lockstep.config.json": JSON.stringify({
      environments: {
        staging: { url: staging.url },
        production: { url: db.url, promotesFrom: "staging", approvals: 1 },
      },
    }),
  })
  const at = { cwd: project.root, env: { GITHUB_ACTOR: "ada" } }
  for (const words of [
    ["init", "--environment", "staging", "--env", "staging"],
    ["deploy", "staging", "--release", "r1"],
    ["approve", "production"],
    ["deploy", "production", "--release", "r1", "--override", "promotion", "--because", "first"],
  ])
    expect(await lockstep(words, at), words.join(" ")).toMatchObject({ exit: 0 })
  await project.write({
    "migrations/2.sql": revision("b2", "a1", "create table more ();", "-- phase: expand"),
    "migrations/3.sql": revision("c3", "b2", "alter table users drop column phone;", "-- phase: contract"),
  })
  await lockstep(["deploy", "staging", "--release", "r2"], at)

  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 400 * 86_400_000 })
  try {
    // A year ahead: nothing has soaked, no evidence is old enough, and an approval does not live a year longer.
    expect((await lockstep(["deploy", "staging", "--release", "r2"], at)).stdout).toContain("held: c3")
    expect((await lockstep(["approve", "production"], at)).exit).toBe(0)
    const early = await lockstep(["deploy", "production", "--release", "r2"], at)
    expect(early).toMatchObject({ exit: 3, stderr: expect.stringContaining("60 min are asked for") })
  } finally {
    vi.useRealTimers()
  }
  const connection = await db.connect()
  expect(
    await connection.query(
      "select count(*)::int as long from lockstep.event where kind = 'approved' and (details ->> 'expires')::timestamptz > clock_timestamp() + interval '9 hours'",
    ),
  ).toEqual([{ long: 0 }])

  // Staging's own clock was ahead and was put right: what it wrote lies in the future.
  const onStaging = await staging.connect()
  await onStaging.run("update lockstep.revision set finished_at = finished_at + interval '10 days'")
  const before = await state(db)
  const future = await lockstep(["deploy", "production", "--release", "r2"], at)
  expect(future).toMatchObject({
    exit: 3,
    stderr: expect.stringMatching(
      /staging has had all of it for 0 s, 60 min are asked for[\s\S]*nothing was changed/,
    ),
  })
  expect(await state(db)).toEqual(before)
  expect((await lockstep(["status", "--env", "staging"], at)).stdout).toMatch(/^held +c3/m)

  // Staging that cannot be reached, and one that may not be read.
  const role = await staging.role()
  for (const [url, code] of [
    ["postgres://shop@127.0.0.1:1/shop", "cannot-connect"],
    [staging.urlOf(role), "history-not-readable"],
  ]) {
    await project.write({
      "lockstep.config.json": JSON.stringify({
        environments: { staging: { url }, production: { url: db.url, promotesFrom: "staging" } },
      }),
    })
    const away = await lockstep(["deploy", "production", "--release", "r2"], at)
    expect(away.exit).toBe(3)
    expect(away.stderr).toMatch(new RegExp(`staging cannot vouch: .*\\[${code}\\] \\[preflight-stopped\\]`))
    expect(away.stderr).toContain("nothing was changed")
    expect(away.stderr).toContain("or carry its evidence: lockstep evidence export staging")
  }
  expect(await state(db)).toEqual(before)
})

test("bad policies are refused with the key and what it takes", async () => {
  await using project = await testProject({})
  const bad: readonly (readonly [settings: object, says: string])[] = [
    [
      { preflight: { drift: "maybe" } },
      'preflight: must be an object of "stop", "warn" or "off" by the names of checks (',
    ],
    [{ preflight: { drifft: "stop" } }, "preflight: must be"],
    [
      { windows: ["Mon 9-5"] },
      'windows: must be a list of texts such as "Mon-Thu 09:00-16:00 Europe/Berlin"',
    ],
    [{ windows: ["Mon 09:00-16:00 Europe/Nowhere"] }, "windows: must be"],
    [{ freezes: ["soon"] }, "freezes: must be a list of texts such as"],
    [{ approvals: -1 }, "approvals: must be a whole number from 0"],
    [{ approvals: "two" }, "approvals: must be a whole number from 0"],
    [{ promotionAge: "a day" }, "promotionAge: must be a duration such as 500ms, 2s, 5min or 1h"],
    [{ soak: -5 }, "soak: must be a duration"],
    [{ onlyFromCi: "yes" }, "onlyFromCi: must be true or false"],
    [{ requireCommit: 1 }, "requireCommit: must be true or false"],
    [{ promotesFrom: true }, "promotesFrom: must be a text"],
    [{ evidenceKeys: 7 }, "evidenceKeys: must be a list of texts"],
    [{ dumped: "some" }, 'dumped: must be "all", "destroyed"; not "some"'],
    [{ exportsKeep: "forever" }, "exportsKeep: must be a duration"],
    [{ smoke: 1 }, "smoke: must be a list of texts"],
    [{ watch: "a while" }, "watch: must be a duration"],
    [{ protected: "yes" }, "protected: must be true or false"],
    [{ approvalls: 1 }, 'did you mean "approvals"'],
  ]
  const said: string[] = []
  for (const [policy] of bad) {
    await project.write({ "lockstep.config.json": JSON.stringify({ environments: { prod: policy } }) })
    const { exit, stderr } = await lockstep(["deploy", "prod"], { cwd: project.root })
    said.push(exit === 2 && stderr.includes("[invalid-config]") ? stderr : `exit ${exit}: ${stderr}`)
  }
  for (const [index, [, says]] of bad.entries()) expect(said[index]).toContain(says)
})
