import { describe, expect, test } from "vitest"
import { type DowngradeOptions, downgrade } from "../../src/api/downgrade.ts"
import { markEnvironment } from "../../src/api/environment.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { describeLoss } from "../../src/runner/data-loss.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"

const undoable = (name: string) => `create table ${name} (id int);\n\n-- rollback\ndrop table ${name};`

async function appliedIds(db: TestDatabase): Promise<string[]> {
  const connection = await db.connect()
  const rows = await connection.query<{ id: string }>("select id from lockstep.revision order by sequence")
  return rows.map(({ id }) => id)
}

describe("a downgrade", () => {
  eachMajor("undoes the newest first, in a transaction or step by step, and records it", async (db) => {
    await using project = await testProject({
      "a.sql": revision("aaaa", "", undoable("users")),
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "create index users_id on users (id);\n\n-- rollback\ndrop index concurrently users_id;",
      ),
      "c.sql": revision("cccc", "bbbb", undoable("invoices")),
    })
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    const result = await downgrade({ ...options, to: "aaaa" })
    expect(result.reverted.map(({ id }) => id)).toEqual(["cccc", "bbbb"])
    expect(result).toMatchObject({ current: ["aaaa"], lost: [] })
    expect(await appliedIds(db)).toEqual(["aaaa"])
    const connection = await db.connect()
    expect(
      await connection.query("select kind, revision from lockstep.event where kind = 'reverted' order by id"),
    ).toEqual([
      { kind: "reverted", revision: "cccc" },
      { kind: "reverted", revision: "bbbb" },
    ])
    expect(await connection.query("select count(*)::int as steps from lockstep.step")).toEqual([{ steps: 0 }])
    expect((await upgrade(options)).applied.map(({ id }) => id)).toEqual(["bbbb", "cccc"])
  })

  test("says what its rollbacks write over, and takes that as meant", async () => {
    await using db = await testDatabase()
    const forward =
      "update users set name = upper(name);\n\n-- rollback\nupdate users set name = lower(name);"
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        "create table users (name text);\ninsert into users values ('ada'), ('bob');",
      ),
      "b.sql": revision("bbbb", "aaaa", forward),
    })
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    const { lost } = await downgrade({ ...options, to: "aaaa" })
    expect(lost).toEqual([{ kind: "values", name: "public.users", rows: 2, estimated: false }])
  })

  test("of one branch leaves the other", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", undoable("users")),
      "b.sql": revision("bbbb", "aaaa", undoable("billing"), "-- branch: billing"),
      "c.sql": revision("cccc", "aaaa", undoable("agents")),
      "d.sql": revision("dddd", "bbbb", undoable("invoices")),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "heads" })
    const { reverted } = await downgrade({ ...options, to: "billing@base" })
    expect(reverted.map(({ id }) => id)).toEqual(["dddd", "bbbb"])
    expect(await appliedIds(db)).toEqual(["aaaa", "cccc"])
  })

  test("that is nothing to do writes nothing", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": revision("aaaa", "", undoable("users")) })
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    expect((await downgrade({ ...options, to: "aaaa" })).reverted).toEqual([])
    const connection = await db.connect()
    expect(await connection.query("select command from lockstep.run")).toEqual([{ command: "upgrade" }])
  })

  test("needs a rollback section of all that it undoes, before it undoes anything", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        "create table users (id int);\n\n-- rollback: none because the rows are gone",
      ),
      "b.sql": revision("bbbb", "aaaa", undoable("invoices")),
    })
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await expect(downgrade({ ...options, to: "base" })).rejects.toMatchObject({
      code: "no-rollback",
      message: "revision aaaa cannot be undone: the rows are gone",
      exitCode: 3,
    })
    expect(await appliedIds(db)).toEqual(["aaaa", "bbbb"])
  })

  test("in one transaction is all or nothing, and takes no statement that forbids one", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table users (id int);\n\n-- rollback\nselect 1 / 0;"),
      "b.sql": revision("bbbb", "aaaa", undoable("invoices")),
    })
    const options = { root: project.root, url: db.url }
    await upgrade(options)
    await expect(downgrade({ ...options, to: "base", singleTransaction: true })).rejects.toMatchObject({
      code: "statement-failed",
    })
    expect(await appliedIds(db)).toEqual(["aaaa", "bbbb"])
    await project.write({
      "migrations/c.sql": revision(
        "cccc",
        "bbbb",
        "create index users_id on users (id);\n\n-- rollback\ndrop index concurrently users_id;",
      ),
    })
    await upgrade(options)
    await expect(downgrade({ ...options, to: "aaaa", singleTransaction: true })).rejects.toMatchObject({
      code: "cannot-run-in-transaction",
    })
    expect(await appliedIds(db)).toEqual(["aaaa", "bbbb", "cccc"])
  })

  test("is refused in a protected environment, which names the way that is left", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": revision("aaaa", "", undoable("users")) })
    const options = { root: project.root, url: db.url, environment: "prod" }
    await upgrade(options)
    await markEnvironment({ url: db.url, name: "prod", protect: true })
    const refused = { code: "protected-environment", exitCode: 3 }
    await expect(downgrade({ ...options, to: "base", acceptDataLoss: true })).rejects.toMatchObject(refused)
    await expect(downgrade({ ...options, to: "base" })).rejects.toThrow("environment prod is protected")
    expect(await appliedIds(db)).toEqual(["aaaa"])
  })
})

describe("what a downgrade would lose", () => {
  /** Applies a revision with this rollback to tables with rows, and returns what a downgrade says that it would lose. */
  async function lossOf(
    db: TestDatabase,
    up: string,
    rollback: string,
    header = "",
  ): Promise<readonly string[]> {
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        `create table users (id int primary key, email text, note text);
insert into users values (1, 'x', null), (2, 'y', null), (3, null, null);
create table logs (id int, user_id int references users on delete cascade);
insert into logs values (1, 1), (2, 1);
create table empty (id int);
create table parts (id int) partition by range (id);
create table parts_1 partition of parts for values from (0) to (10);
create table parts_2 partition of parts for values from (10) to (20);
insert into parts values (1), (2), (11);`,
      ),
      "b.sql": revision("bbbb", "aaaa", `${up}\n\n-- rollback\n${rollback}`, header),
    })
    const options: DowngradeOptions = { root: project.root, url: db.url, to: "aaaa" }
    await upgrade(options).then(() => upgrade({ root: project.root, url: db.url }))
    const error = await downgrade(options).catch((thrown) => thrown)
    const connection = await db.connect()
    if (error.code === undefined) return error.lost.map(describeLoss)
    expect(error).toMatchObject({ code: "data-loss", exitCode: 4 })
    // Nothing has happened yet, and with the flag it happens.
    expect(await appliedIds(db)).toEqual(["aaaa", "bbbb"])
    expect(await connection.query("select count(*)::int as users from users")).toEqual([{ users: 3 }])
    const { lost } = await downgrade({ ...options, acceptDataLoss: true })
    expect(lost.map(describeLoss)).toEqual(error.facts.details)
    return error.facts.details
  }

  const cases: Record<string, { up?: string; rollback: string; header?: string; lost: readonly string[] }> = {
    "a table with rows": {
      rollback: "drop table logs;",
      lost: ["table public.logs: 2 rows"],
    },
    "an empty table is no loss": { rollback: "drop table empty;", lost: [] },
    "a column with values": {
      rollback: "alter table users drop column email;",
      lost: ["column public.users.email: 2 rows with a value"],
    },
    "a column without any is no loss": { rollback: "alter table users drop column note;", lost: [] },
    "deleted rows, also those that go with them": {
      rollback: "delete from users where id = 1;",
      lost: ["rows of public.logs: 2 rows deleted", "rows of public.users: 1 row deleted"],
    },
    "a truncated table": { rollback: "truncate logs;", lost: ["rows of public.logs: 2 rows deleted"] },
    "a truncated table that is filled with less": {
      rollback: "truncate logs;\ninsert into logs values (9, 2);",
      lost: ["rows of public.logs: 1 row deleted"],
    },
    "a rewritten table that keeps its rows is no loss": {
      rollback: "alter table users alter column id type bigint;",
      lost: [],
    },
    "what a DO block drops": {
      rollback: "do $$ begin execute 'drop table ' || 'logs'; end $$;",
      lost: ["table public.logs: 2 rows"],
    },
    "what a function drops": {
      up: "create function undo() returns void language sql as 'alter table users drop column email';",
      rollback: "select undo();\ndrop function undo;",
      lost: ["column public.users.email: 2 rows with a value"],
    },
    "a partitioned table counts once": {
      rollback: "drop table parts;",
      lost: ["table public.parts: 3 rows"],
    },
    "one partition": { rollback: "drop table parts_2;", lost: ["table public.parts_2: 1 row"] },
    "a column of a partitioned table counts once": {
      up: "alter table parts add column extra int default 1;",
      rollback: "alter table parts drop column extra;",
      lost: ["column public.parts.extra: 3 rows with a value"],
    },
    "a detached partition is no loss": { rollback: "alter table parts detach partition parts_1;", lost: [] },
    "a schema with all that is in it": {
      up: "create schema app;\ncreate table app.notes (id int);\ninsert into app.notes values (1);",
      rollback: "drop schema app cascade;",
      lost: ["table app.notes: 1 row"],
    },
    "in a revision that runs step by step": {
      rollback: "drop table logs;\nset statement_timeout = 0;\ndrop table empty;",
      header: "-- transaction: none",
      lost: ["table public.logs: 2 rows"],
    },
    "nobody can tell, where the look depends on a statement that was left out": {
      up: "create index users_email on users (email);",
      rollback:
        "drop index concurrently users_email;\ndo $$ begin assert to_regclass('users_email') is null; end $$;\ndrop table empty;",
      header: "-- transaction: none",
      lost: ["cannot be told: assertion failed"],
    },
  }
  for (const [name, { up = "select 1;", rollback, header, lost }] of Object.entries(cases)) {
    test(name, async () => {
      await using db = await testDatabase()
      expect([...(await lossOf(db, up, rollback, header))].sort()).toEqual([...lost].sort())
    })
  }

  test.each(["drop table notes;", "alter table notes drop column body;", "truncate notes;"])(
    "cannot be told where a policy hides rows from the migrator: %s",
    async (rollback) => {
      await using db = await testDatabase()
      const owner = await db.role()
      await (await db.connect()).run(
        `grant create on database ${db.name} to ${owner}; grant create on schema public to ${owner}`,
      )
      await using project = await testProject({
        "a.sql": revision(
          "aaaa",
          "",
          `create table notes (tenant int, body text);
insert into notes values (1, 'x');
alter table notes enable row level security;
alter table notes force row level security;
create policy own on notes using (tenant = current_setting('app.tenant', true)::int);`,
        ),
        "b.sql": revision("bbbb", "aaaa", `select 1;\n\n-- rollback\n${rollback}`),
      })
      const options = { root: project.root, url: db.urlOf(owner) }
      await upgrade(options)
      const error = await downgrade({ ...options, to: "aaaa" }).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: "data-loss" })
      expect(error.facts.details[0]).toMatch(
        /^cannot be told: (table )?(column )?public.notes.* \(query would be affected/,
      )
      expect((await downgrade({ ...options, to: "aaaa", acceptDataLoss: true })).reverted).toHaveLength(1)
    },
  )

  test("is looked for without anybody having to wait longer than for a statement of the real run", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": revision("aaaa", "", undoable("users")) })
    const options = { root: project.root, url: db.url, lockTimeoutMs: 100, retryDelayMs: 20 }
    await upgrade(options)
    const other = await db.connect()
    await other.run("begin; select from users")
    const refused = downgrade({ ...options, to: "base", lockAttempts: 2 })
    await expect(refused).rejects.toMatchObject({ code: "lock-not-available", exitCode: 5 })
    const { onEvent, events } = recorder()
    const downgraded = downgrade({
      ...options,
      to: "base",
      onEvent: (event) => {
        onEvent(event)
        if (event.type === "lock-not-available") void other.run("commit")
      },
    })
    expect((await downgraded).reverted).toHaveLength(1)
    expect(events.some(({ type }) => type === "lock-not-available")).toBe(true)
  })
})
