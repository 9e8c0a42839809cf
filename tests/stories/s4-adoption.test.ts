import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { release, underLoad } from "./application.ts"
import { ended, job, startJob } from "./job.ts"

const fill = `// revision: c3
// parent: b2
// phase: migrate
// transaction: none
// why: a thousand rows at a time, so that nobody waits for a row for long
import { defineRevision } from "lockstep"
export default defineRevision({
  async *up({ sql, query }) {
    const [row] = await query("select max(id) as last from users")
    for (let from = 1; from <= Number(row?.last); from += 1000)
      yield sql\`update users set full_name = upper(name) where id >= \${from} and id < \${from + 1000} and full_name is null\`
  },
  noRollback: "the column goes with the revision before it",
})
`

test("S4: what create_all has made is adopted under load, rows move in batches that survive a kill, a backup comes first, and production is undone by a new revision", async () => {
  await using db = await testDatabase()
  await using project = await testProject({})
  const connection = await db.connect()
  // As create_all leaves it: no version anywhere, and an index that somebody added by hand.
  await connection.run(`create table users (id bigint generated always as identity primary key, name text not null);
create index users_name on users (name);
insert into users (name) select 'user ' || i from generate_series(1, 5000) i`)
  const here = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const scratch = ["--scratch", db.server.url]
  const run = (...words: string[]) => job(words, here)
  const v1 = await release(db.url, [
    "insert into users (name) values ('new')",
    "select name from users order by id desc limit 5",
  ])
  const load = underLoad(v1.address)
  try {
    const sick = await run("doctor")
    expect(sick).toMatchObject({ exit: 3, text: expect.stringContaining("do: lockstep adopt") })
    const adopted = await run("adopt", ...scratch)
    expect(adopted).toMatchObject({ exit: 0, text: expect.stringContaining("1 revision applied") })
    const [, first = ""] = /is at (\w+)/.exec(adopted.text) ?? []
    expect(await run("deploy")).toMatchObject({ exit: 0, text: expect.stringContaining("nothing to do") })
    expect(await run("init", "--environment", "production", "--protected")).toMatchObject({ exit: 0 })

    // Room first, behind a backup.
    await project.write({
      "lockstep.config.json": JSON.stringify({
        soak: 0,
        backup: "echo base backup $LOCKSTEP_RESTORE_LSN",
        environments: { production: { protected: true } },
      }),
      "migrations/2_full_name.sql": revision(
        "b2",
        first,
        "alter table users add column full_name text;\n\n-- rollback\nalter table users drop column full_name;",
        "-- phase: expand",
      ),
    })
    const room = await run("deploy", "production", "--release", "v2")
    expect(room).toMatchObject({ exit: 0, text: expect.stringMatching(/backup: base backup [0-9A-F]+\//) })

    // Then its rows: killed between two batches, while a third waits for somebody, and the same command goes on.
    await project.write({ "migrations/3_fill.ts": fill })
    const words = ["deploy", "production", "--release", "v3"]
    const waiting = await db.connect()
    await waiting.run("begin; select from users where id = 2500 for update")
    const child = startJob([...words, "--events"], here)
    let said = ""
    await ended(child, (text) => {
      said += text
      if (said.split('"type":"step-finished","revision":"c3"').length > 2) child.kill("SIGKILL")
    })
    const [half] = await connection.query<{ left: number }>(
      "select count(*)::int as left from users where full_name is null and id <= 5000",
    )
    expect(half?.left).toBeGreaterThan(0)
    expect(half?.left).toBeLessThan(5000)
    await waiting.run("rollback")
    expect(await run(...words)).toMatchObject({ exit: 0 })
    expect(
      await connection.query(
        "select count(*)::int as wrong from users where id <= 5000 and full_name is distinct from upper(name)",
      ),
    ).toEqual([{ wrong: 0 }])

    // Back: not by a downgrade, but by a revision that compensates, which is reviewed and deployed as any other.
    const refused = await run("downgrade", "-1", "--env", "production")
    expect(refused).toMatchObject({ exit: 3, text: expect.stringContaining("lockstep revert c3") })
    expect(await run("revert", "b2")).toMatchObject({ exit: 0 })
    const held = await run("deploy", "production", "--release", "v4")
    const [, id = ""] = /held: (\w+): release v\d still serves/.exec(held.text) ?? []
    const hold = ["--release-hold", id, "--because", "nothing that serves reads it"]
    const back = await run("deploy", "production", "--release", "v4", ...hold)
    expect(back).toMatchObject({ exit: 0, text: expect.stringContaining("deployed for v4: 1 revision") })
    expect(back.text).toMatch(/exported before it was destroyed: \d+ rows of public.users/)
    expect(await load.stop()).toEqual({ requests: expect.any(Number), failures: [] })
  } finally {
    await load.stop()
    await v1.stop()
  }
})
