import { expect, test } from "vitest"
import { drift } from "../../src/api/drift.ts"
import { installGuard } from "../../src/api/guard.ts"
import { plan } from "../../src/api/plan.ts"
import { preflight } from "../../src/api/preflight.ts"
import { applyRoleSetup } from "../../src/api/roles-apply.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = revision(
  "aaaa",
  "",
  `create table users (id int primary key, email text);
insert into users select i, 'u' || i from generate_series(1, 500) i;
create table events (id int, at date) partition by range (at);
create table events_24 partition of events for values from ('2024-01-01') to ('2025-01-01');
insert into events values (1, '2024-05-01');
create table empty (id int);`,
)

const refused = (table: string) =>
  expect.objectContaining({
    sqlState: "LS001",
    message: `table ${table} would be written anew, and no plan says so`,
  })

eachMajor(
  "the server itself refuses a rewrite that no plan says, from whatever it comes",
  async (db) => {
    await using project = await testProject({ "a.sql": users })
    const { root } = project
    const at = { cwd: root, env: { DATABASE_URL: db.url } }
    await upgrade({ root, url: db.url })
    const before = await lockstep(["guard", "status", "--json"], at)
    expect(before.exit).toBe(3)
    expect(checkedJson("guard", before.stdout)).toMatchObject({ result: { state: "absent", changed: false } })
    const installed = await lockstep(["guard", "install", "--json"], at)
    expect(checkedJson("guard", installed.stdout)).toMatchObject({
      exit: 0,
      result: { state: "installed", above: 0, changed: true },
    })
    expect(await lockstep(["guard", "install"], at)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining("(nothing to do)"),
    })

    // By hand, as with psql.
    const hand = await db.connect()
    await expect(hand.run("alter table users alter id type bigint")).rejects.toThrow(refused("public.users"))
    await expect(hand.run("alter table events alter id type bigint")).rejects.toThrow(
      refused("public.events_24"),
    )
    // What the transaction knows of its tables does not make them its own; what it has made is nobody's yet.
    await expect(
      hand.run("begin; alter table users add column age int; alter table users alter id type bigint"),
    ).rejects.toThrow(refused("public.users"))
    await hand.run(`rollback;
    alter table empty alter id type bigint;
    begin; savepoint s; create table fresh as select 1 as id; release s; alter table fresh alter id type bigint; rollback;
    create temporary table scrap as select 1 as id; alter table scrap alter id type bigint;
    alter table users add column height int, add column made timestamptz not null default now();
    begin; set local lockstep.rewrites = 'public.users, public.events'; alter table users alter email type varchar(90);
      alter table events alter id type bigint; rollback`)

    // Nothing of it belongs to the schema of the project.
    expect((await drift({ root, url: db.url, scratch: { url: db.server.url } })).changes).toEqual([])

    await project.write({
      "migrations/b.sql": revision(
        "bbbb",
        "aaaa",
        "alter table users rename to people;\nalter table people alter id type bigint;",
      ),
      "migrations/c.sql": revision(
        "cccc",
        "bbbb",
        "alter table events alter id type bigint;",
        "-- accept: blocking-rewrite because it holds one row",
      ),
    })
    await expect(upgrade({ root, url: db.url })).rejects.toMatchObject({
      code: "rewrite-refused",
      exitCode: 3,
      message: "revision bbbb: table public.people would be written anew, and no plan says so",
      facts: { location: { file: "migrations/b.sql", line: 5 } },
    })
    const made = await plan({ root, url: db.url, scratch: { url: db.server.url } })
    expect((await upgrade({ root, url: db.url, plan: made })).applied.map(({ id }) => id)).toEqual([
      "bbbb",
      "cccc",
    ])

    await hand.run(`alter event trigger lockstep_guard disable`)
    const { checks } = await preflight({ root, url: db.url })
    expect(checks).toContainEqual(
      expect.objectContaining({
        check: "guard",
        state: "warning",
        evidence: "the guard in the database is switched off",
      }),
    )
    expect(await lockstep(["guard", "status"], at)).toMatchObject({ exit: 3 })
    expect(await lockstep(["guard", "install", "--above", "1MB"], at)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining("a table above 1048576 bytes"),
    })
    await hand.run("alter table people alter id type int")
    expect(await lockstep(["guard", "remove"], at)).toMatchObject({ exit: 0 })
    expect((await lockstep(["guard", "remove"], at)).stdout).toContain("(nothing to do)")
  },
  120_000,
)

test("in one transaction each revision may write anew what its own plan says", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "a.sql": users })
  const { root } = project
  await upgrade({ root, url: db.url })
  await installGuard({ url: db.url })
  await project.write({
    "migrations/b.sql": revision(
      "bbbb",
      "aaaa",
      "alter table users alter id type bigint;",
      "-- accept: blocking-rewrite because it is small",
    ),
    "migrations/c.sql": revision("cccc", "bbbb", "alter table events alter id type bigint;"),
  })
  await expect(upgrade({ root, url: db.url, singleTransaction: true })).rejects.toMatchObject({
    code: "rewrite-refused",
    message: "revision cccc: table public.events_24 would be written anew, and no plan says so",
  })
})

test("whoever may not make event triggers is told who may, and is given the SQL", async () => {
  await using db = await testDatabase()
  const migrator = await db.role()
  await (await db.connect()).run(`grant create on database ${db.name} to ${migrator}`)
  await using project = await testProject({ "a.sql": revision("aaaa", "", "select 1;") })
  const url = db.urlOf(migrator)
  const at = { cwd: project.root, env: { DATABASE_URL: url } }
  expect(await lockstep(["guard", "install"], at)).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("[not-managed]"),
  })
  await upgrade({ root: project.root, url })
  expect(await lockstep(["guard", "install"], at)).toMatchObject({
    exit: 2,
    stderr: expect.stringMatching(/guard-not-allowed[\s\S]*nothing was changed/),
  })
  const { stdout } = await lockstep(["guard", "sql"], at)
  await (await db.connect()).run(stdout)
  expect(await lockstep(["guard", "status"], at)).toMatchObject({ exit: 0 })
  // The administrator's it stays: whoever owned it could run what they like as everybody who alters a table.
  const [owner, readWrite, readOnly] = [await db.role(), await db.role("nologin"), await db.role("nologin")]
  const model = { owner, migrator, readWrite, readOnly }
  await applyRoleSetup({ url: db.url, model })
  const [row] = await (await db.connect()).query(
    "select p.proowner = t.evtowner as same, r.rolsuper as super from pg_event_trigger t join pg_proc p on p.oid = t.evtfoid join pg_roles r on r.oid = p.proowner",
  )
  expect(row).toEqual({ same: true, super: true })
  expect(await lockstep(["guard", "instal"], at)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("install"),
  })
  expect(await lockstep(["guard", "install", "--above", "much"], at)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("[invalid-option]"),
  })
})
