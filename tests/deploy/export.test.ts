import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { destroyedBy } from "../../src/deploy/export/destroyed.ts"
import { exportAll } from "../../src/deploy/export/export.ts"
import { destroyedIn } from "../../src/sql/destroyed.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { majors, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const files = {
  "1.sql": revision(
    "a1",
    "",
    `create table users (id int primary key, name text, phone text);
create table logs (at timestamptz, line text);
create table empty (id int);
insert into users values (1, 'Ada', '1,2'), (2, 'Bob', null), (3, 'Cy', E'3\\n"4"');
insert into logs values (now(), 'old'), (now(), 'older'), (now(), 'new');`,
    "-- phase: expand",
  ),
}
const destroys = revision(
  "b2",
  "a1",
  `alter table users drop column phone;
delete from logs l where l.line like 'old%' returning (select 1);
drop table empty;`,
)

test("what statements destroy is read from them", async () => {
  expect(
    await destroyedIn([
      "drop table if exists a.b, c",
      "drop schema old cascade",
      "truncate x, y",
      "alter table t add column b int, drop column c, alter column d type bigint",
      "delete from t as u where u.id in (select id from v where true) returning *",
      "delete from t using v where t.id = v.id",
      "drop index i",
      "insert into t select 'drop table t'",
    ]),
  ).toEqual([
    { kind: "table", relation: { schema: "a", name: "b" } },
    { kind: "table", relation: { name: "c" } },
    { kind: "schema", name: "old" },
    { kind: "rows", relation: { name: "x" } },
    { kind: "rows", relation: { name: "y" } },
    { kind: "column", relation: { name: "t" }, column: "c" },
    { kind: "column", relation: { name: "t" }, column: "d" },
    {
      kind: "rows",
      relation: { name: "t" },
      alias: "u",
      where: "u.id in (select id from v where true)",
    },
    { kind: "rows", relation: { name: "t" } },
  ])
})

test("what a revision destroys is exported first, found again, and never taken for whole when it is not", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  expect((await lockstep(["deploy"], at)).exit).toBe(0)
  await project.write({ "migrations/2.sql": destroys })

  // A disk that is full, and a command that fails: nothing was changed, nothing half-written stays.
  const connection = await db.connect()
  const doomed = await destroyedBy(connection, [])
  expect(doomed).toEqual([])
  await project.write({
    blocked: "a file where the folder should be",
    "lockstep.config.json": `{ "exports": "blocked" }`,
  })
  const full = await lockstep(["deploy"], at)
  expect(full.exit).toBe(1)
  expect(full.stderr).toContain("[export-failed]")
  expect(full.stderr).toContain("nothing was changed")
  await project.write({ "lockstep.config.json": `{ "exportCommand": "echo no room; exit 3" }` })
  const refused = await lockstep(["deploy"], at)
  expect(refused.stderr).toContain("what was exported could not be taken away: it ended with 3")
  expect(await connection.query("select phone from users where phone is not null")).toHaveLength(2)

  await project.write({ "lockstep.config.json": `{ "exportsKeep": "30d" }` })
  const done = await lockstep(["deploy"], at)
  expect(done).toMatchObject({ exit: 0 })
  expect(done.stdout).toContain(
    "exported before it was destroyed: 2 rows of public.users, 2 rows of public.logs",
  )
  const folder = join(project.root, "lockstep-exports")
  const [whole = ""] = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "manifest.json")))
    .slice(-1)
  expect(readFileSync(join(folder, whole, "1-public.users.csv"), "utf8")).toBe(
    'id,phone\n1,"1,2"\n3,"3\n""4"""\n',
  )

  const listed = await lockstep(["exports", "list", "--json"], at)
  const { result } = checkedJson("exports", listed.stdout) as {
    result: { exports: { keepUntil: string; at: string }[] }
  }
  expect(result.exports).toHaveLength(1)
  expect(result.exports[0]).toMatchObject({
    state: "here",
    expired: false,
    files: [{ revision: "b2" }, { kind: "rows" }],
  })
  const [kept] = result.exports
  expect(Date.parse(kept?.keepUntil ?? "") - Date.parse(kept?.at ?? "")).toBe(30 * 86_400_000)
  writeFileSync(join(folder, whole, "1-public.users.csv"), "something else")
  expect((await lockstep(["exports", "verify"], at)).exit).toBe(3)
  expect((await lockstep(["exports", "list"], at)).stdout).toContain("lockstep-exports")

  await project.write({ "migrations/3.sql": revision("c3", "b2", "drop table users;") })
  expect((await lockstep(["deploy", "--no-export"], at)).stderr).toContain("[reason-needed]")
  expect((await lockstep(["deploy", "--no-export", "--because", "made up data"], at)).exit).toBe(0)
})

test.skipIf(!existsSync("/dev/full"))(
  "a disk that fills while rows are written ends the export",
  async () => {
    await using db = await testDatabase()
    await using project = await testProject({})
    const connection = await db.connect()
    const failing = {
      ...connection,
      run: (sql: string) => connection.run(sql),
      open: true,
      copyOut: async (sql: string, write: (piece: Buffer) => void) => {
        await connection.copyOut?.(sql, () => writeFileSync("/dev/full", "x"))
        write(Buffer.from(""))
        return { command: "COPY", rowCount: 1, rows: [] }
      },
    }
    const rules = { folder: join(project.root, "out"), keepMs: 1000 }
    const rows = [
      { revision: "a1", kind: "rows", relation: "public.t", query: "select generate_series(1, 100000)" },
    ] as const
    await expect(
      exportAll(failing as never, rows, rules, { database: "shop", at: new Date(0) }),
    ).rejects.toMatchObject({
      code: "export-failed",
      message: expect.stringContaining("ENOSPC"),
    })
    expect(readdirSync(rules.folder)).toEqual([])
    // The connection is as it was.
    expect(await connection.query("select 1 as one")).toEqual([{ one: 1 }])
  },
)

const oldest = majors[0] ?? 15

test("a dump is verified before anything runs, and restore --check tells beforehand what would go wrong", async ({
  skip,
}) => {
  await using db = await testDatabase({ major: oldest })
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url, PATH: process.env["PATH"] ?? "" } }
  const role = await db.role()
  const owner = await db.role("nologin")
  await project.write({ "lockstep.config.json": `{ "dumps": "dumps" }` })
  const first = await lockstep(["deploy"], at)
  if (first.stderr.includes("[program-missing]") || first.stderr.includes("server version mismatch"))
    return skip()
  expect(first.stdout).toMatch(/backup: .*\.dump: \d+ objects, 0 rows in 0 tables/)

  const connection = await db.connect()
  await connection.run(`alter table users owner to ${owner}; grant select on logs to ${role}`)
  await project.write({ "migrations/2.sql": destroys })
  const second = await lockstep(["deploy"], at)
  expect(second.stdout).toMatch(
    /backup: (.*)\.dump: \d+ objects, \d+ rows in \d+ tables, \d+ bytes, read to its end/,
  )
  const [, path = ""] = /backup: (.*\.dump):/.exec(second.stdout) ?? []

  const whole = await lockstep(["restore", "--check", path, "--try", "--scratch", db.server.url], at)
  expect(whole.stdout).toContain("✓ restored into a throwaway database, every row is there")
  expect(whole.stdout).toContain("✗ not-empty: ")
  expect(whole.exit).toBe(3)

  // As another role, in an empty database that belongs to somebody else.
  await using other = await testDatabase({ major: oldest })
  const judged = await lockstep(["restore", "--check", path, "--json"], {
    ...at,
    env: { ...at.env, DATABASE_URL: other.urlOf(role) },
  })
  const { result } = checkedJson("restore", judged.stdout) as {
    result: { problems: { problem: string; message: string }[] }
  }
  const problems = result.problems.map(({ problem }) => problem)
  expect(problems).toContain("wrong-owner")
  expect(problems.filter((problem) => problem === "no-right").length).toBeGreaterThan(0)
  await connection.run(
    `reassign owned by ${owner} to ${db.server.user}; drop owned by ${owner}; drop owned by ${role}`,
  )

  // A dump that was cut off.
  const bytes = readFileSync(path)
  await project.write({ "cut.sql": "--\n-- PostgreSQL database dump\n--\nCREATE TABLE t ();\n" })
  writeFileSync(join(project.root, "cut.dump"), bytes.subarray(0, bytes.length - 200))
  for (const cut of ["cut.dump", "cut.sql"])
    expect((await lockstep(["restore", "--check", cut], at)).stderr).toContain("[dump-unreadable]")

  // pg_dump fails half-way, as on a full disk: nothing is found under the name of a dump, and nothing was changed.
  const before = readdirSync(join(project.root, "dumps")).length
  await project.write({
    "bin/pg_dump": `#!/bin/sh\nwhile [ "$1" != -f ]; do shift; done\nhead -c 1000 ${path} > "$2"\necho 'pg_dump: error: could not write: No space left on device' >&2\nexit 1\n`,
    "migrations/3.sql": revision("c3", "b2", "create table c ();"),
  })
  const { chmodSync } = await import("node:fs")
  chmodSync(join(project.root, "bin/pg_dump"), 0o755)
  const failing = { ...at, env: { ...at.env, PATH: `${join(project.root, "bin")}:${at.env.PATH}` } }
  const full = await lockstep(["deploy"], failing)
  expect(full.exit).toBe(1)
  expect(full.stderr).toContain("No space left on device")
  expect(full.stderr).toContain("[backup-failed]")
  expect(readdirSync(join(project.root, "dumps"))).toHaveLength(before)
  const check = await connect(parseConnection(db.url))
  expect(await check.query("select to_regclass('c')::text as c")).toEqual([{ c: null }])
  await check.close()
})
