import { expect, test } from "vitest"
import { diff } from "../../src/api/diff.ts"
import { diff as diffCatalogs } from "../../src/diff/diff.ts"
import { digestCatalog } from "../../src/introspect/digest.ts"
import { introspect } from "../../src/introspect/introspect.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"

/** Objects with inner parts of their own: row types and their arrays, triggers, cloned keys, rules, sequences. */
const structure = `
  create schema s;
  create type s.state as enum ('open', 'paid');
  create domain s.email as text check (value like '%@%');
  create type s.span as range (subtype = int);
  create type s.pair as (a int, b text[]);
  create table s.t (id int primary key generated always as identity, a text default 'x', b s.email,
    c int generated always as (1 + 2) stored, p s.pair[], state s.state, check (a <> ''), serial_ serial);
  create table s.u (id int references s.t on delete cascade deferrable, unique (id));
  create table s.parted (id int, at int, primary key (id, at)) partition by range (at);
  create table s.part_1 partition of s.parted for values from (1) to (9) partition by list (id);
  create table s.part_2 partition of s.part_1 default;
  create table s.points (id int, at int, foreign key (id, at) references s.parted);
  create index on s.parted (at);
  create function s.f() returns trigger language plpgsql as 'begin return new; end';
  create trigger g before update on s.parted for each row execute function s.f();
  create view s.v as select id, a from s.t;
  create materialized view s.m as select id from s.t;
  create rule r as on insert to s.v do instead nothing;
  alter table s.t enable row level security;
  create policy p on s.t using (id > 0);
  create table s.child () inherits (s.u);
  create statistics s.st on a, id from s.t;
  create extension hstore schema s;
  comment on column s.t.a is 'one'; comment on function s.f() is 'two'`

async function load(db: TestDatabase, sql: string) {
  const connection = await db.connect()
  await connection.run(sql)
  return connection
}

eachMajor("databases of one structure have one digest, whatever their numbers are", async (db) => {
  await using other = await testDatabase({ major: db.major })
  const a = await load(db, structure)
  const b = await load(other, `create table gone (id int primary key); drop table gone; ${structure}`)
  const digest = await digestCatalog(a)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(await digestCatalog(b)).toBe(digest)
  const catalog = await introspect(a)
  expect(diffCatalogs(catalog, await introspect(b))).toEqual([])

  // Each is taken back, so that one that is not seen cannot hide behind another.
  const unseen: string[] = []
  for (const [change, back] of [
    ["alter table s.t alter a drop default", "alter table s.t alter a set default 'x'"],
    ["alter table s.t rename a to z", "alter table s.t rename z to a"],
    ["comment on column s.t.a is 'other'", "comment on column s.t.a is 'one'"],
    ["comment on type s.span is 'new'", "comment on type s.span is null"],
    [
      "alter table s.t rename a to x; alter table s.t rename b to a; alter table s.t rename x to b",
      "alter table s.t rename a to x; alter table s.t rename b to a; alter table s.t rename x to b",
    ],
    ["grant select on s.t to public", "revoke select on s.t from public"],
    ["grant update (a) on s.t to public", "revoke update (a) on s.t from public"],
    ["alter view s.v owner to pg_monitor", "alter view s.v owner to current_user"],
    ["alter policy p on s.t using (id > 1)", "alter policy p on s.t using (id > 0)"],
    ["alter sequence s.t_serial__seq increment 2", "alter sequence s.t_serial__seq increment 1"],
    ["alter table s.parted disable trigger g", "alter table s.parted enable trigger g"],
    ["alter type s.state add value 'void'", "select 1"],
  ] as const) {
    await b.run(change)
    const differs = diffCatalogs(catalog, await introspect(b)).length > 0
    if (!differs || (await digestCatalog(b)) === digest) unseen.push(change)
    await b.run(back)
  }
  expect(unseen).toEqual([])
})

eachMajor("what no kind reads leaves a database without a digest", async (db) => {
  const connection = await load(db, `${structure}; set allow_system_table_mods = on`)
  expect(await digestCatalog(connection)).toBeDefined()
  // Nothing says any more that the type of the table's rows is a part of the table.
  await connection.run("delete from pg_depend where objid = 's.t'::regtype and classid = 'pg_type'::regclass")
  expect(await digestCatalog(connection)).toBeUndefined()
  await expect(introspect(connection)).rejects.toMatchObject({ code: "unmodelled-object" })
})

test("two large databases are compared by their digests, and read where those differ", async () => {
  await using from = await testDatabase()
  await using to = await testDatabase()
  const many = `do $$ begin for i in 1..600 loop execute format('create sequence q_%s', i); end loop; end $$`
  await load(from, many)
  const connection = await load(to, many)
  const compare = () =>
    diff({
      from: { kind: "database", target: { url: from.url } },
      to: { kind: "database", target: { url: to.url } },
    })
  expect(await compare()).toEqual({ equal: true, changes: [], sql: "", losses: [] })
  await connection.run("alter sequence q_7 cycle")
  expect(await compare()).toMatchObject({
    equal: false,
    changes: [{ change: "alter", object: "sequence public.q_7" }],
  })
})
