import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { type Classification, type ClassifyOptions, classify, refuseMixed } from "./classify.ts"
import { splitStatements } from "./statements.ts"
import type { Effect } from "./step.ts"

const file = "migrations/1_x.sql"

function classified(text: string, options?: ClassifyOptions): Promise<Classification> {
  return classify(splitStatements({ text, file, line: 1 }), options)
}

async function errorOf(text: string, options?: ClassifyOptions): Promise<ToolError> {
  try {
    refuseMixed(await classified(text, options), file)
  } catch (error) {
    if (error instanceof ToolError) return error
    throw error
  }
  throw new Error("nothing was thrown")
}

describe("what a statement outside a transaction leaves behind", () => {
  test.each<[text: string, effect: Effect]>([
    ["create index concurrently on t (a)", { kind: "create-index", table: { name: "t" } }],
    [
      'create unique index concurrently if not exists i on only "A".t (a)',
      { kind: "create-index", table: { schema: "A", name: "t" }, name: "i" },
    ],
    [
      "drop index concurrently if exists app.i, J",
      { kind: "drop-index", indexes: [{ schema: "app", name: "i" }, { name: "j" }] },
    ],
    ["reindex index concurrently i", { kind: "reindex", target: "index", name: { name: "i" } }],
    [
      "reindex (verbose, concurrently on) table app.t",
      { kind: "reindex", target: "table", name: { schema: "app", name: "t" } },
    ],
    ["reindex schema app", { kind: "reindex", target: "other" }],
    ["reindex database", { kind: "reindex", target: "other" }],
    ["vacuum (full, analyze) t", { kind: "repeatable" }],
    ["cluster", { kind: "repeatable" }],
    ["alter system set work_mem = '1MB'", { kind: "repeatable" }],
    ["discard all", { kind: "repeatable" }],
    ["create database d", { kind: "create-database", name: "d" }],
    ["drop database if exists d", { kind: "drop-database", name: "d" }],
    ["alter database d set tablespace x", { kind: "repeatable" }],
    ["create tablespace x location '/x'", { kind: "create-tablespace", name: "x" }],
    ["drop tablespace x", { kind: "drop-tablespace", name: "x" }],
    [
      "alter table app.p detach partition app.p1 concurrently",
      {
        kind: "detach-partition",
        parent: { schema: "app", name: "p" },
        partition: { schema: "app", name: "p1" },
      },
    ],
    ["create subscription s connection 'c' publication p", { kind: "create-subscription", name: "s" }],
    ["drop subscription s", { kind: "drop-subscription", name: "s" }],
    ["alter subscription s refresh publication", { kind: "repeatable" }],
    ["alter subscription s set publication p", { kind: "repeatable" }],
    ["alter subscription s add publication p", { kind: "unknown" }],
    ["alter subscription s set (failover = true)", { kind: "repeatable" }],
    ["alter subscription s set (two_phase = false)", { kind: "repeatable" }],
    ["commit prepared 'x'", { kind: "unknown" }],
    [
      "alter type app.mood add value 'ok'; create table t (m app.mood default 'ok')",
      { kind: "enum-value", type: { schema: "app", name: "mood" }, value: "ok" },
    ],
  ])("%s", async (text, effect) => {
    const step = (await classified(text)).steps.find(({ transaction }) => transaction === "forbidden")
    expect(step?.effect).toEqual(effect)
  })

  test("and why PostgreSQL refuses it", async () => {
    const because = (await classified("create index concurrently on t (a)")).steps[0]?.because
    expect(because).toBe("CREATE INDEX CONCURRENTLY cannot run inside a transaction block")
  })
})

describe("runs in a transaction", () => {
  test.each([
    "create index on t (a)",
    "reindex (concurrently off) table t",
    "analyze",
    "cluster t using i",
    "refresh materialized view concurrently v",
    "alter table p detach partition p1",
    "alter table p detach partition p1 finalize",
    "alter database d connection limit 3",
    "create subscription s connection 'c' publication p with (connect = false)",
    "create subscription s connection 'c' publication p with (create_slot = off)",
    "alter subscription s set publication p with (refresh = false)",
    "alter subscription s set (slot_name = none); drop subscription s",
    "alter subscription s disable",
    "discard temp",
    "checkpoint",
    "call p()",
    "do $$ begin commit; end $$",
    "savepoint a; release a; rollback to savepoint b",
    "repack (concurrently) table t",
    "this is not SQL at all",
    "",
  ])("%s", async (text) => {
    expect((await classified(text)).mode).toBe("transaction")
  })
})

describe("a new enum value", () => {
  const add = "alter type mood add value 'ok'"

  test.each([
    "update t set m = 'ok'",
    "select '{sad,ok}'::mood[]",
    `select '{"ok"}'::mood[]`,
    "select '(1,ok)'::pair",
    "select E'ok'::mood",
    "create table t (m mood default $$ok$$)",
    "do $$ begin update t set m = 'ok'; end $$",
    "do $$ begin execute 'update t set m = ''ok'''; end $$",
    "create function f() returns mood language sql as $$ select 'ok'::mood $$",
    "create function f() returns mood begin atomic select 'ok'::mood; end",
    "copy t from stdin;\n1\tok\n\\.",
    "this is not SQL but 'ok'",
  ])("may be used by %s", async (text) => {
    const { steps, mode } = await classified(`${add}; ${text}`)
    expect(steps[0]?.transaction).toBe("forbidden")
    expect(steps[0]?.because).toMatch(/^New enum values must be committed before they can be used/)
    expect(mode).toBe("mixed")
  })

  test.each([
    "update t set m = 'okay'",
    "update t set ok = 'x'",
    "update t set m = 'x' -- 'ok'",
    "comment on type mood is 'ok'",
    "alter type mood add value 'fine' after 'ok'",
    "alter type mood rename value 'ok' to 'fine'",
    "create type other as enum ('ok')",
    "create function f() returns mood language plpgsql as $$ begin return 'ok'; end $$",
    "copy t from stdin;\n1\tokay\n\\.",
  ])("is not used by %s", async (text) => {
    expect((await classified(`${add}; ${text}`)).mode).toBe("transaction")
  })

  test("of a type that is created here may be used at once since 17", async () => {
    const text = "create type app.mood as enum (); alter type app.mood add value 'ok'; select 'ok'::app.mood"
    expect((await classified(text)).mode).toBe("transaction")
    expect((await classified(text, { serverVersion: 170_000 })).mode).toBe("transaction")
    expect((await classified(text, { serverVersion: 160_009 })).mode).toBe("mixed")
  })

  test("may have been used before", async () => {
    expect((await classified(`select 'ok'; ${add}`)).mode).toBe("transaction")
  })
})

describe("the mode", () => {
  test.each([
    ["create table t (); create index on t (a)", "transaction"],
    ["create index concurrently on t (a); drop index concurrently i", "steps"],
    ["set statement_timeout = 0; create index concurrently on t (a); reset all; analyze t", "steps"],
    ["select pg_catalog.set_config('search_path', '', false); vacuum", "steps"],
    ["create table t (); create index concurrently on t (a)", "mixed"],
    ["vacuum; select f()", "mixed"],
    ["vacuum; unknown syntax", "mixed"],
  ] as const)("of %s is %s", async (text, mode) => {
    expect((await classified(text)).mode).toBe(mode)
  })

  test("marks what changes nothing but the session", async () => {
    const { steps } = await classified(
      "set a.b = 1; reset a.b; select set_config('a.b', '', true); select 1; show a.b",
    )
    expect(steps.map(({ session }) => session ?? false)).toEqual([true, true, true, false, false])
  })

  test("mixed names one statement of each sort, with its line", async () => {
    const error = await errorOf(
      "set a.b = 1;\ncreate table t ();\ncreate index concurrently i\n  on t (a);\nselect 1;",
    )
    expect(error.code).toBe("mixed-transaction")
    expect(error.facts.data).toEqual({ forbidden: 3, ordinary: 2 })
    expect(error.facts.details).toEqual([
      "line 3: create index concurrently i on t (a): CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
      "line 2: create table t ()",
    ])
    expect(error.facts.hint).toContain("-- transaction: none")
  })
})

describe("BEGIN and COMMIT of the revision's own", () => {
  test.each([
    ["BEGIN; create table t (); COMMIT;", ["create table t ()"]],
    ["start transaction; a; end transaction", ["a"]],
    ["begin transaction isolation level read committed, read write; a; commit and no chain", ["a"]],
    ["set lock_timeout = 0; begin; a; commit; select 1", ["set lock_timeout = 0", "a", "select 1"]],
    [
      "begin; savepoint s; a; rollback to s; release s; commit",
      ["savepoint s", "a", "rollback to s", "release s"],
    ],
    ["begin; commit", []],
  ])("are taken out of %s", async (text, statements) => {
    const { steps, mode, ownsTransaction } = await classified(text)
    expect(steps.map(({ sql }) => sql)).toEqual(statements)
    expect({ mode, ownsTransaction }).toEqual({ mode: "transaction", ownsTransaction: true })
  })

  test("are not seen inside bodies", async () => {
    const text = "create function f() returns int begin atomic select 1; end; do $$ begin commit; end $$"
    expect(await classified(text)).toMatchObject({ ownsTransaction: false, steps: { length: 2 } })
  })

  test.each([
    ["begin; a", 1, /does not commit/],
    ["a;\ncommit", 2, /did not begin/],
    ["begin;\nbegin;\ncommit", 2, /inside another/],
    ["begin; a; commit;\nbegin; b; commit", 2, /second transaction/],
    ["begin; a;\nrollback", 2, /rolls the transaction back/],
    ["abort", 1, /rolls the transaction back/],
    ["begin; a;\ncommit and chain", 2, /begins another/],
    ["begin isolation level serializable; commit", 1, /mode of its own/],
    ["begin read only; commit", 1, /mode of its own/],
    ["begin; a;\nprepare transaction 'x'", 2, /two-phase/],
  ])("are refused in %j", async (text, line, message) => {
    const error = await errorOf(text)
    expect(error.code).toBe("transaction-control")
    expect(error.message).toMatch(message)
    expect(error.facts.location).toMatchObject({ file, line })
    expect(error.facts.hint).toBeDefined()
  })

  test("are refused where the revision says that it runs without a transaction", async () => {
    const error = await errorOf("begin; a; commit", { transaction: "none" })
    expect(error.code).toBe("transaction-control")
    expect(error.message).toContain("`transaction: none`")
  })

  test("may not hold a statement that cannot run there", async () => {
    const error = await errorOf("begin;\ncreate table t ();\ncreate index concurrently on t (a);\ncommit;")
    expect(error.code).toBe("cannot-run-in-transaction")
    expect(error.message).toContain("CREATE INDEX CONCURRENTLY cannot run inside a transaction block")
    expect(error.facts.location?.line).toBe(3)
    expect(error.facts.hint).toContain("revision of its own")
  })

  test("may stand beside one, which then is mixed", async () => {
    expect((await classified("begin; create table t (); commit; vacuum t")).mode).toBe("mixed")
  })
})

describe("additive", () => {
  test.each([
    "",
    "create table t (id int primary key, a int references u); create unique index on t (a); alter table t drop column a",
    "create table t (); create trigger g before insert on t execute function f(); create policy p on t",
    "create table app.t (); set search_path = app; create unique index on app.t (a)",
    "create table t as select 1 as a; create materialized view m as select 1; create view v as select 1",
    "create type e as enum ('a'); create type c as (a int); create domain d as int; create sequence s",
    "create schema app create table t (); create extension if not exists pg_trgm; create role r",
    "create function f() returns int language sql return 1; create procedure p() language sql as ''",
    "create index on t (a); create index concurrently on t (a); create statistics s on a, b from t",
    "alter table t add a int, add column b text default 'x', add c int not null default 0",
    "alter type e add value 'b'; comment on table t is 'x'; grant select on t to r; grant a to b",
    "insert into t values (1); insert into t values (1) on conflict do nothing; set a.b = 1",
    "copy t from stdin;\n1\n\\.",
    "begin; create table t (); commit",
    "vacuum t; analyze; reindex table t; refresh materialized view m",
  ])("%s", async (text) => {
    expect((await classified(text)).additive).toBe(true)
  })

  test.each([
    "drop table t",
    "create or replace view v as select 1",
    "create or replace function f() returns int language sql return 1",
    "create unique index on t (a)",
    "create table if not exists t (); create unique index on t (a)",
    "create table t (); set search_path = app; create unique index on t (a)",
    "create table t (); create unique index on app.t (a)",
    "create trigger g before insert on t execute function f()",
    "create policy p on t",
    "create schema app create view v as select 1 create trigger g before insert on t execute function f()",
    "alter table t add a int not null",
    "alter table t add a int not null default null",
    "alter table t add a int check (a > 0)",
    "alter table t add a int references u",
    "alter table t add a int, drop column b",
    "alter table t alter a set not null",
    "alter table t rename a to b",
    "alter type c add attribute a int",
    "alter type e rename value 'a' to 'b'",
    "insert into t values (1) on conflict (a) do update set b = 1",
    "with gone as (delete from t returning a) insert into u select * from gone",
    "update t set a = 1",
    "delete from t",
    "select f()",
    "do $$ begin end $$",
    "revoke select on t from r",
    "copy t to stdout",
    "unknown syntax",
  ])("not certainly: %s", async (text) => {
    expect((await classified(text)).additive).toBe(false)
  })

  test("seed data that is too long to parse, unless it may change rows", async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => `(${id}, 'it''s')`).join(",\n")
    expect(await classified(`insert into t values ${rows}`)).toMatchObject({
      additive: true,
      mode: "transaction",
    })
    expect(
      await classified(`insert into t values ${rows} on conflict (id) do update set a = 1`),
    ).toMatchObject({ additive: false })
  })
})

test("a statement that is long and may be forbidden is parsed all the same", async () => {
  const condition = Array.from({ length: 10_000 }, (_, index) => `a <> ${index}`).join(" and ")
  expect((await classified(`create index concurrently on t (a) where ${condition}`)).mode).toBe("steps")
})

test.each(["(", "not ", "case when a then ", "a + "])(
  "nesting that exhausts the parser runs as it is: %s",
  async (part) => {
    const sql = `select ${part.repeat(10_000)}1`
    expect((await classified(sql)).steps).toMatchObject([{ sql, transaction: "allowed" }])
    expect((await classified("vacuum")).mode).toBe("steps")
  },
)
