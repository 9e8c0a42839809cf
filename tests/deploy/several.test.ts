import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

test("several databases are deployed in their order, with one summary; the first that fails stops the others", async () => {
  await using orion = await testDatabase()
  await using nebula = await testDatabase()
  await using project = await testProject({})
  await project.write({
    "lockstep.config.json": JSON.stringify({
      databases: {
        orion: { url: orion.url },
        nebula: { url: nebula.url },
        events: { url: nebula.url, historySchema: "other" },
      },
    }),
    "migrations/orion/1.sql": revision("a1", "", "create table a ();"),
    "migrations/nebula/1.sql": revision("b1", "", "select 1 / 0;"),
    "migrations/events/1.sql": revision("c1", "", "create table c ();"),
  })
  const at = { cwd: project.root }
  expect((await lockstep(["status", "--database", "nebula"], at)).stdout).toContain(
    "next: lockstep upgrade --database nebula",
  )
  const failed = await lockstep(["deploy", "--all", "--json"], at)
  expect(checkedJson("deploy", failed.stdout)).toMatchObject({
    exit: 1,
    result: {
      databases: [
        { name: "orion", state: "deployed", result: { current: ["a1"] } },
        { name: "nebula", state: "failed", error: { code: "statement-failed" } },
        { name: "events", state: "not begun" },
      ],
    },
  })
  await project.write({ "migrations/nebula/1.sql": revision("b1", "", "create table b ();") })
  const { digest } = JSON.parse((await lockstep(["hash"], at)).stdout)
  expect((await lockstep(["deploy", "--all", "--expect-bundle", "f".repeat(64)], at)).stderr).toContain(
    "[bundle-unexpected]",
  )
  const done = await lockstep(["deploy", "--all", "--expect-bundle", digest], at)
  expect(done.exit).toBe(0)
  expect(done.stdout).toMatch(
    /^orion: nothing to do.*\nnebula: deployed: 1 revision.*\nevents: deployed: 1 revision/,
  )
  expect((await lockstep(["deploy"], at)).exit).toBe(4)
})

test("a backup comes before anything is applied, or nothing is; a deploy that does not begin is recorded too", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1.sql": revision("a1", "", "create table a ();") })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url, PATH: process.env.PATH } }
  const configure = (config: object) => project.write({ "lockstep.config.json": JSON.stringify(config) })
  await configure({ backup: "echo no room left >&2; exit 3" })
  const refused = await lockstep(["deploy"], at)
  expect(refused.exit).toBe(1)
  expect(refused.stderr).toContain(
    "error: the backup failed: it ended with 3 [backup-failed]\n  no room left\n  nothing was changed",
  )

  await configure({ backup: 'echo "$DATABASE_URL $LOCKSTEP_RESTORE_LSN" > backup.txt; echo saved 12 tables' })
  const done = await lockstep(["deploy", "--json"], at)
  const { result } = checkedJson("deploy", done.stdout) as {
    result: { backup: string; restorePoint: { lsn: string } }
  }
  expect(result.backup).toBe("saved 12 tables")
  expect(await readFile(join(project.root, "backup.txt"), "utf8")).toBe(
    `${db.url} ${result.restorePoint.lsn}\n`,
  )
  const connection = await db.connect()
  const [recorded] = await connection.query(
    "select details ->> 'backup' as backup from lockstep.event where kind = 'deployed'",
  )
  expect(recorded).toEqual({ backup: "saved 12 tables" })

  await project.write({ "migrations/2.sql": revision("b2", "a1", "create table b ();") })
  await configure({ freezes: ["2000-01-01..2999-12-31 because of the audit"] })
  expect((await lockstep(["deploy", "--release", "r7"], at)).exit).toBe(3)
  const log = await lockstep(["history", "--failed"], at)
  expect(log.stdout).toContain(
    "the deploy does not begin: freeze: frozen: 2000-01-01..2999-12-31 because of the audit [preflight-stopped]",
  )
})
