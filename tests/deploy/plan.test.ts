import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { deploy } from "../../src/api/deploy.ts"
import { plan } from "../../src/api/plan.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { parsePlanFile } from "../../src/deploy/plan-file.ts"
import { lockstep } from "../cli/lockstep.ts"
import { majors, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const base = revision(
  "aaaa",
  "",
  `create table users (id bigint primary key, email text, phone text);
create table logs (id bigint, at timestamptz);
create table old_logs (id bigint);`,
)

/** Rows of the live database: the scratch server has none. */
const rows = `
insert into users select n, 'u' || n, case when n <= 300 then 'p' end from generate_series(1, 2000) n;
insert into logs select n, now() from generate_series(1, 500) n;
insert into old_logs values (1), (2), (3);
analyze`

const pending = {
  "migrations/b.sql": revision(
    "bbbb",
    "aaaa",
    `alter table users add column age int;
alter table users alter column id type int using id::int;
alter table users drop column phone;
do $$ begin drop table old_logs; end $$;
delete from logs where id > 100;`,
    "-- phase: migrate",
  ),
  "migrations/c.sql": revision("cccc", "bbbb", "create index concurrently users_email on users (email);"),
  "migrations/d.sql": revision("dddd", "cccc", "alter table users drop column age;", "-- phase: contract"),
}

test.each(majors)(
  "a plan says what each statement locks, does and loses, on scratch and in rows of the live database (PostgreSQL %s)",
  async (major) => {
    await using db = await testDatabase({ major })
    await using project = await testProject({ "a.sql": base })
    await deploy({ root: project.root, url: db.url, release: "one" })
    const connection = await db.connect()
    await connection.run(rows)
    await project.write(pending)
    const statistics = { users: { rows: 50e6, bytes: 8e9, writesPerSecond: 20 } }
    const options = { root: project.root, url: db.url, scratch: { url: db.server.url } }
    const made = await plan({ ...options, statistics, release: "two" })

    expect(made).toMatchObject({ current: ["aaaa"], measured: 0 })
    expect(made.held.map(({ id }) => id)).toEqual(["dddd"])
    const [change, index] = made.revisions
    expect(change).toMatchObject({ id: "bbbb", phase: "migrate", mode: "transaction" })
    const told = change?.statements.map(({ line, transaction, locks, work, atRisk }) => ({
      line,
      transaction,
      locks: locks.map(({ relation, mode, blocks }) => `${relation} ${mode}: ${blocks}`),
      work: work.map(({ kind, relation }) => `${kind} ${relation}`),
      atRisk: atRisk.map(
        ({ what, relation, column, rows: number, exact }) =>
          `${what} ${relation} ${column}: ${exact ? number : `about ${number}`}`,
      ),
    }))
    const line = change?.statements[0]?.line ?? 0
    const everybody = "public.users ACCESS EXCLUSIVE: reads and writes"
    expect(told).toEqual([
      { line, transaction: "revision", locks: [everybody], work: [], atRisk: [] },
      {
        line: line + 1,
        transaction: "revision",
        locks: [],
        work: ["rewrite public.users"],
        atRisk: ["values converted public.users id: 2000"],
      },
      {
        line: line + 2,
        transaction: "revision",
        locks: [],
        work: [],
        atRisk: ["column removed public.users phone: 300"],
      },
      {
        line: line + 3,
        transaction: "revision",
        locks: ["public.old_logs ACCESS EXCLUSIVE: reads and writes"],
        work: [],
        atRisk: ["table removed public.old_logs null: 3"],
      },
      {
        line: line + 4,
        transaction: "revision",
        locks: ["public.logs ROW EXCLUSIVE: null"],
        work: ["modification public.logs"],
        atRisk: ["rows removed public.logs null: 400"],
      },
    ])
    // 8 GB at 40 MB/s, four times less or more, and the lock is held from the first statement on.
    expect(change?.statements[1]?.forecast).toEqual({ fromMs: 50_000, toMs: 800_000 })
    expect(change?.waiting[0]).toMatchObject({
      relation: "public.users",
      fromLine: line,
      writesPerSecond: 20,
    })
    expect(change?.findings.map(({ rule }) => rule)).toContain("work-under-lock")

    expect(index).toMatchObject({ id: "cccc", mode: "steps", waiting: [] })
    expect(index?.statements[0]).toMatchObject({
      transaction: "none",
      waitsForOthers: true,
      locks: [{ relation: "public.users", mode: "SHARE UPDATE EXCLUSIVE", blocks: null }],
      work: [{ kind: "index build", relation: "public.users" }],
    })
    expect(await connection.query("select from users where id = 1")).toHaveLength(1)
  },
)

test("a plan is applied exactly; what moved since is refused by name", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "a.sql": base })
  const run = (...words: string[]) => lockstep([...words, "--url", db.url], { cwd: project.root })
  await upgrade({ root: project.root, url: db.url })
  const connection = await db.connect()
  await connection.run(rows)
  await project.write({
    "migrations/b.sql": pending["migrations/b.sql"],
    "migrations/c.sql": pending["migrations/c.sql"],
  })
  const made = await run("plan", "--out", "plan.json", "--scratch", db.server.url)
  expect(made.exit).toBe(0)
  expect(made.stdout).toContain("removes column users.phone: 300 rows with a value")
  const file = join(project.root, "plan.json")
  const written = await readFile(file, "utf8")

  const refused = async (detail: string) => {
    const { exit, stderr } = await run("upgrade", "--plan", "plan.json")
    expect({ exit, stderr }).toMatchObject({ exit: 3, stderr: expect.stringContaining("[plan-outdated]") })
    expect(stderr).toContain(detail)
    expect(stderr).toContain("lockstep plan --out plan.json")
  }
  await connection.run("create table by_hand (id int)")
  await refused("outside of Lockstep")
  await connection.run("drop table by_hand")

  await project.write({ "migrations/d.sql": revision("dddd", "cccc", "select 1;") })
  await refused("pending, and not planned: dddd")
  await project.remove("migrations/d.sql")
  await project.write({
    "migrations/c.sql": revision("cccc", "bbbb", "create index users_email on users (email);"),
  })
  await refused("edited: cccc")
  await project.write({ "migrations/c.sql": pending["migrations/c.sql"] })

  await writeFile(file, written.replace(/"rows": 300/, '"rows": 0'))
  expect(await run("upgrade", "--plan", "plan.json")).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("was changed since it was written [plan-unreadable]"),
  })
  await writeFile(file, written)

  // A run that was cut off behind the first revision goes on; one more run has nothing to do.
  await upgrade({ root: project.root, url: db.url, to: "bbbb" })
  const applied = await deploy({ root: project.root, url: db.url, plan: parsePlanFile(written, "plan.json") })
  expect(applied.applied.map(({ id }) => id)).toEqual(["cccc"])
  expect((await run("upgrade", "--plan", "plan.json")).stdout).toContain("nothing to do")

  await project.write({ "migrations/e.sql": revision("eeee", "cccc", "select 1;") })
  await upgrade({ root: project.root, url: db.url })
  await refused("the last revision of the history is eeee")
  expect((await run("plan", "--scratch", db.server.url)).stdout).toMatch(/^nothing to do: \S+ is at eeee/)
})
