import { createHash } from "node:crypto"
import { expect, test } from "vitest"
import { installText } from "../../src/history/install.ts"
import { upgrades } from "../../src/history/tables.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const files = {
  "1_users.sql": revision("a1", "", "create table users (id int);", "-- phase: expand"),
  "2_phone.sql": revision("b2", "a1", "alter table users add column phone text;", "-- phase: expand"),
}
const next = (id: string, parent: string) => revision(id, parent, `create table t_${id} ();`)

eachMajor("what was recorded is chained, may only be added to, and who changes it is noticed", async (db) => {
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const connection = await db.connect()
  expect((await lockstep(["history", "--verify"], at)).stdout).toBe(`nothing is recorded in ${db.name}\n`)

  const deployed = await lockstep(["deploy", "--release", "sha-1"], at)
  const verified = await lockstep(["history", "--verify", "--json"], at)
  const { result } = checkedJson("history", verified.stdout) as { result: { head: string; entries: number } }
  expect(result).toMatchObject({ entries: 5, broken: [], intact: true })
  expect(deployed.stderr).toContain(`history: 5 rows, head ${result.head.slice(0, 12)}`)

  // The bytes are documented: anybody can compute them without Lockstep.
  await connection.run("set timezone to 'Asia/Tokyo'")
  const rows = await connection.query<{ hash: string; text: string }>(
    `select hash, jsonb_build_array('event', link, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  run, kind, revision, checksum, (duration_ms * 1000)::bigint, error_code, sqlstate, message, details)::text as text from lockstep.event order by link`,
  )
  const [first, second] = rows
  const hash = createHash("sha256").update(`${first?.hash}\n${second?.text}`).digest("hex")
  expect(second?.hash).toBe(hash)
  expect(first?.text).toContain('"begun"')
  expect(second?.text).toContain('"statements": ["create table users (id int)"]')

  for (const statement of [
    "update lockstep.event set message = 'x'",
    "delete from lockstep.run",
    "truncate lockstep.event",
  ])
    await expect(connection.run(statement)).rejects.toThrow("are only ever added")

  await connection.run(
    "set session_replication_role = replica; update lockstep.event set message = 'nobody' where revision = 'a1'; reset session_replication_role",
  )
  await project.write({ "migrations/3.sql": next("c3", "b2") })
  const refused = await lockstep(["upgrade"], at)
  expect(refused.exit).toBe(1)
  expect(refused.stderr).toContain("[history-altered]")
  expect(refused.stderr).toContain("event 2 was changed (link 3)")
  expect((await lockstep(["preflight"], at)).stdout).toContain(
    "✗ trail         the history is not what was written",
  )
  expect((await lockstep(["history", "--verify"], at)).exit).toBe(3)

  expect((await lockstep(["history", "--accept-altered"], at)).stderr).toContain("[reason-needed]")
  const accepted = await lockstep(["history", "--accept-altered", "--because", "a test"], at)
  expect(accepted).toMatchObject({ exit: 0, stdout: expect.stringContaining("accepted because: a test") })
  expect((await lockstep(["upgrade"], at)).exit).toBe(0)

  // Rows that are cut off, added past the trigger, and a head that is gone.
  await connection.run(
    `set session_replication_role = replica;
delete from lockstep.event where link = (select max(link) from lockstep.event);
insert into lockstep.event (run, kind) select id, 'applied' from lockstep.run limit 1;
delete from lockstep.meta where key = 'chain'; reset session_replication_role`,
  )
  const broken = await lockstep(["history", "--verify"], at)
  expect(broken.stdout).toMatch(/event \d+ was added past the trail\n +rows are missing at the end/)
  expect((await lockstep(["history", "--accept-altered", "--because", "again"], at)).exit).toBe(0)
  await project.write({ "migrations/4.sql": next("d4", "c3") })
  expect((await lockstep(["upgrade"], at)).exit).toBe(0)
})

test("what an earlier version has recorded is chained when the tables are brought up", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const role = await db.role()
  const admin = await db.connect()
  await admin.run(`create schema lockstep authorization ${role}; grant create on schema public to ${role}`)
  const owner = await db.connectAs(role)
  const [format1, releases] = upgrades
  const lock = installText("lockstep").split(";\n").slice(1, 5).join(";\n")
  await owner.run(`${lock};\n${format1?.("lockstep")};\n${releases?.("lockstep")};
insert into lockstep.meta values ('format', '2');
insert into lockstep.run (id, command, tool_version) select gen_random_uuid(), 'upgrade', '0.0.1' from generate_series(1, 2);
insert into lockstep.event (run, kind) select id, 'failed' from lockstep.run, generate_series(1, 3)`)
  const at = { cwd: project.root, env: { DATABASE_URL: db.urlOf(role) } }
  expect(await lockstep(["upgrade"], at)).toMatchObject({ exit: 0 })
  const { stdout } = await lockstep(["history", "--verify"], at)
  expect(stdout).toContain(`✓ ${db.name}: 11 rows, each as it was written`)
  // The owner has no right to do it, before the trigger would refuse.
  await expect(owner.run("update lockstep.event set message = ''")).rejects.toThrow("permission denied")
  await expect(owner.run("delete from lockstep.run")).rejects.toThrow("permission denied")
  await expect(owner.run("update lockstep.run set pid = 1")).rejects.toThrow("only ever added")
})
