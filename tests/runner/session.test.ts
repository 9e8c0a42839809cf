import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import { eachMajor, majors, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

/** Statements that leave something in the session. */
const litter = `set search_path = app;
select set_config('work_mem', '1MB', false);
set default_transaction_read_only = on;
set lock_timeout = 0;
set session characteristics as transaction isolation level serializable;
create temp table users (wrong int);
prepare leftover as select 1;
declare leftover cursor with hold for select 1;
listen leftover;
select pg_advisory_lock(42);
select nextval('app.numbers');`

/** Fails where anything of that is there. */
const isClean = `do $$
begin
  assert current_user = session_user, 'role';
  assert current_setting('search_path') = '"$user", public', 'search_path';
  assert current_setting('work_mem') <> '1MB', 'work_mem';
  assert current_setting('default_transaction_read_only') = 'off', 'read only';
  assert current_setting('default_transaction_isolation') = 'read committed', 'isolation';
  assert to_regclass('pg_temp.users') is null, 'temporary table';
  assert not exists (select from pg_prepared_statements), 'prepared statement';
  assert not exists (select from pg_cursors where name = 'leftover'), 'cursor';
  assert not exists (select from pg_listening_channels()), 'listen';
  assert not exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()), 'advisory lock';
  begin
    perform lastval();
    raise 'sequence';
  exception when object_not_in_prerequisite_state then null;
  end;
end $$;
alter table users add column checked int;`

const schema = {
  "a.sql": revision(
    "aaaa",
    "",
    "create schema app;\ncreate sequence app.numbers;\ncreate table users (id int);",
  ),
}

describe("what a revision leaves in the session does not reach the next one or the history", () => {
  for (const [mode, header] of [
    ["in a transaction", ""],
    ["step by step", "-- transaction: none"],
  ] as const) {
    eachMajor(mode, async (db) => {
      await using project = await testProject({
        ...schema,
        "b.sql": revision(
          "bbbb",
          "aaaa",
          litter.replace("set default_transaction_read_only = on;\n", mode === "step by step" ? "" : "$&"),
          header,
        ),
        "c.sql": revision("cccc", "bbbb", isClean),
        "d.sql": revision("dddd", "cccc", "create index concurrently on users (checked);"),
      })
      const { applied } = await upgrade({ root: project.root, url: db.url })
      expect(applied.map(({ id }) => id)).toEqual(["aaaa", "bbbb", "cccc", "dddd"])
    })
  }

  test("when it fails: the failure is recorded all the same", async () => {
    await using db = await testDatabase()
    const role = await db.role("nologin")
    await using project = await testProject({
      ...schema,
      "b.sql": revision("bbbb", "aaaa", `set role ${role};\nselect 1 / 0;`, "-- transaction: none"),
    })
    const options = { root: project.root, url: db.url }
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    const connection = await db.connect()
    expect(await connection.query("select revision from lockstep.event where kind = 'failed'")).toEqual([
      { revision: "bbbb" },
    ])
  })
})

describe("a revision that acts as another role", () => {
  const acting = (set: string) => (role: string) =>
    `create schema ${role} authorization ${role};
${set} ${role};
create table ${role}.users (id int);
insert into ${role}.users values (1);
create index concurrently users_id on ${role}.users (id);
insert into ${role}.users values (2);`

  for (const set of ["set role", "set session authorization"]) {
    eachMajor(`with ${set}, step by step: the history stays the migrator's`, async (db) => {
      const role = await db.role("nologin")
      await using project = await testProject({
        "a.sql": revision("aaaa", "", acting(set)(role), "-- transaction: none"),
        "b.sql": revision("bbbb", "aaaa", "create table after_it (id int);"),
      })
      await upgrade({ root: project.root, url: db.url })
      const connection = await db.connect()
      const owners =
        "select relname, relowner::regrole::text as owner from pg_class where relname in ('users', 'users_id', 'after_it') order by 1"
      expect(await connection.query(owners)).toEqual([
        { relname: "after_it", owner: db.server.user },
        { relname: "users", owner: role },
        { relname: "users_id", owner: role },
      ])
      await connection.run(`drop owned by ${role}`)
    })
  }

  test("may be taken up where it stopped", async () => {
    await using db = await testDatabase()
    const role = await db.role("nologin")
    const body = (bad: string) =>
      revision(
        "aaaa",
        "",
        `create schema ${role} authorization ${role};\nset role ${role};\ncreate table ${role}.users (id int);\n${bad};\ncreate index concurrently on ${role}.users (id);`,
        "-- transaction: none",
      )
    await using project = await testProject({ "a.sql": body("select 1 / 0") })
    const options = { root: project.root, url: db.url }
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    await project.write({ "migrations/a.sql": body("select 1") })
    expect((await upgrade(options)).applied).toHaveLength(1)
    await db.connect().then((owner) => owner.run(`drop owned by ${role}`))
  })
})

eachMajor(
  "a migrator that becomes the owner by ALTER ROLE ... SET role stays it in every revision",
  async (db) => {
    const owner = await db.role("nologin")
    const migrator = await db.role("login noinherit")
    const admin = await db.connect()
    await admin.run(
      `grant ${owner} to ${migrator}; grant create on database ${db.name} to ${owner}; grant create on schema public to ${owner}; alter role ${migrator} in database ${db.name} set role = '${owner}'`,
    )
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table one (id int);\nset role none;\nselect 1;"),
      "b.sql": revision("bbbb", "aaaa", "create table two (id int);\nset session authorization default;"),
      "c.sql": revision("cccc", "bbbb", "create index concurrently two_id on two (id);"),
      "d.sql": revision(
        "dddd",
        "cccc",
        "create table three (id int);\ncreate index concurrently on three (id);",
        "-- transaction: none",
      ),
    })
    await upgrade({ root: project.root, url: db.urlOf(migrator) })
    const owners =
      "select distinct relowner::regrole::text as owner from pg_class where relnamespace in ('public'::regnamespace, 'lockstep'::regnamespace)"
    expect(await admin.query(owners)).toEqual([{ owner }])
    await admin.run(`drop owned by ${owner}; drop owned by ${migrator}`)
  },
)

describe("limits that the database sets for every session", () => {
  const files = { "a.sql": revision("aaaa", "", "create table users (id int);") }

  eachMajor("do not end a run that waits: for another runner, or for a lock", async (db) => {
    const connection = await db.connect()
    await connection.run(`alter database ${db.name} set idle_session_timeout = '2500ms'`)
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await project.write({
      "migrations/b.sql": revision("bbbb", "aaaa", "alter table users add column email text;"),
    })
    await connection.run("begin; lock table lockstep.lock in exclusive mode")
    const upgraded = upgrade({
      ...options,
      lockTimeoutMs: 50,
      retryDelayMs: 3_500,
      onEvent: ({ type }) => {
        if (type === "lock-not-available") void connection.run("commit")
      },
    })
    await sleep(3_500)
    await connection.run("commit; begin; lock table users")
    expect((await upgraded).applied).toMatchObject([{ id: "bbbb", attempts: 2 }])
  })

  test.skipIf((majors.at(-1) ?? 0) < 17)("do not count against a transaction as a whole", async () => {
    await using db = await testDatabase()
    await (await db.connect()).run(`alter database ${db.name} set transaction_timeout = '200ms'`)
    await using project = await testProject({ "a.sql": revision("aaaa", "", "select pg_sleep(0.4);") })
    expect((await upgrade({ root: project.root, url: db.url })).applied).toHaveLength(1)
  })
})

test("a role for which backslashes quote is refused, and works with the setting in the address", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "1_paths.sql": revision(
      "aaaa",
      "",
      "create table paths (path text); insert into paths values ('c:\\'), ('d:\\');",
    ),
  })
  const role = await db.role("login superuser")
  await (await db.connect()).run(`alter role ${role} set standard_conforming_strings = off`)
  const url = db.urlOf(role)
  await expect(upgrade({ root: project.root, url })).rejects.toMatchObject({
    code: "nonstandard-strings",
    facts: { hint: expect.stringContaining("?options=-cstandard_conforming_strings=on") },
  })
  const standard = new URL(url)
  standard.searchParams.set("options", "-cstandard_conforming_strings=on")
  await upgrade({ root: project.root, url: standard.href })
  expect(await (await db.connect()).query("select path from paths order by 1")).toEqual([
    { path: "c:\\" },
    { path: "d:\\" },
  ])
})
