import { describe, expect, test } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { drift } from "../../src/api/drift.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { fingerprint, fingerprintParts } from "../../src/introspect/fingerprint.ts"
import { compareFingerprint, keptFingerprint } from "../../src/runner/fingerprint.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { systemColumns } from "./system-columns.ts"

describe("a fingerprint covers what the introspection reads", () => {
  test("every catalog, and every column but those that say nothing or follow from others", () => {
    // The view shows everybody what only superusers may read of the catalog.
    const { pg_user_mapping: _, ...catalogs } = systemColumns
    expect(Object.keys(catalogs).filter((catalog) => !(catalog in fingerprintParts))).toEqual([])
    const left = Object.entries(catalogs).flatMap(([catalog, columns]) =>
      (fingerprintParts[catalog]?.without ?? [])
        .filter((column) => !/^(ignored|derived): /.test(columns[column] ?? ""))
        .map((column) => `${catalog}.${column}`),
    )
    expect(left).toEqual([])
  })

  /** One change of each kind of object, and of what is easily forgotten. */
  const changes = [
    "create schema s",
    "create table s.t (id int primary key, a text, b int)",
    "create table s.u (id int references s.t)",
    "alter table s.t add column c int",
    "alter table s.t rename column c to d",
    "alter table s.t alter column d set default 5",
    "alter table s.t alter column d set default 6",
    "alter table s.t alter column d set statistics 100",
    "alter table s.t alter column a set storage external",
    "alter table s.t alter column a set not null",
    // Two rows swap what they hold: a sum of the parts would not notice.
    "alter table s.t rename column a to x; alter table s.t rename column b to a; alter table s.t rename column x to b",
    "alter table s.t add constraint positive check (d > 0) not valid",
    "alter table s.t validate constraint positive",
    "alter table s.t rename constraint positive to above",
    "alter table s.t set (fillfactor = 90)",
    "alter table s.t set (toast.autovacuum_enabled = off)",
    "alter table s.t replica identity full",
    "alter table s.t enable row level security",
    "alter table s.t force row level security",
    "create policy p on s.t using (true)",
    "alter policy p on s.t using (id > 0)",
    "create index i on s.t (a) where d > 0",
    "create index e on s.t ((d + 1))",
    "alter index s.e alter column 1 set statistics 50",
    "alter table s.t cluster on t_pkey",
    "drop index s.i",
    "create sequence s.q",
    "alter sequence s.q increment 5",
    "alter sequence s.q owned by s.t.id",
    "alter sequence s.q owned by none",
    "create type s.state as enum ('open', 'paid')",
    "alter type s.state add value 'void' before 'paid'",
    "alter type s.state rename value 'void' to 'gone'",
    "create domain s.email as text check (value like '%@%')",
    "alter domain s.email set default 'x@y'",
    "create type s.pair as (a int, b int)",
    "alter type s.pair add attribute c int",
    "create type s.span as range (subtype = int)",
    "create function s.f(int) returns int language sql as 'select 1'",
    "create or replace function s.f(int) returns int language sql as 'select 2'",
    "alter function s.f(int) immutable",
    "alter function s.f(int) set work_mem = '1MB'",
    "alter function s.f(int) cost 7",
    "create function s.g() returns trigger language plpgsql as 'begin return new; end'",
    "create trigger g before update on s.t for each row execute function s.g()",
    "alter table s.t disable trigger g",
    "create aggregate s.total (int) (sfunc = int4pl, stype = int, initcond = '0')",
    "create operator s.=== (leftarg = int, rightarg = int, function = int4eq)",
    "create cast (s.pair as text) with inout",
    "create view s.v as select a from s.t",
    "create or replace view s.v as select a from s.t where d > 0",
    "alter view s.v set (security_barrier = true)",
    "create materialized view s.m as select a from s.t",
    "create rule r as on insert to s.v do instead nothing",
    "create statistics s.st on a, d from s.t",
    "create collation s.c (provider = icu, locale = 'de')",
    "create text search configuration s.ts (copy = simple)",
    "create publication pub for table s.t",
    "alter publication pub set (publish = 'insert')",
    "create foreign data wrapper w",
    "create server sv foreign data wrapper w options (host 'a')",
    "alter server sv options (set host 'b')",
    "create foreign table s.ft (a int) server sv",
    "create user mapping for public server sv options (user 'x')",
    "create table s.p (id int, at date) partition by range (at)",
    "create table s.p1 partition of s.p for values from ('2026-01-01') to ('2027-01-01')",
    "alter table s.p detach partition s.p1",
    "create table s.child () inherits (s.t)",
    "comment on table s.t is 'one'",
    "comment on column s.t.a is 'two'",
    "comment on schema public is 'three'",
    "grant select on s.t to $role",
    "grant select (a) on s.t to $role",
    "grant usage on schema public to $role",
    "grant execute on function s.f(int) to $role",
    "alter default privileges in schema s grant select on tables to $role",
    "alter table s.u owner to $role",
    "alter role $role rename to $renamed",
    "create extension hstore schema s",
    "grant execute on function s.hstore(text, text) to $renamed",
    "create event trigger et on ddl_command_end execute function s.ev()",
    "drop extension hstore",
  ]

  eachMajor("each of these changes shows", async (db) => {
    const connection = await db.connect()
    const role = await db.role()
    await connection.run("create function public.keep() returns int language sql as 'select 1'")
    const unseen: string[] = []
    let before = await fingerprint(connection)
    for (const change of changes) {
      if (change.includes("event trigger")) {
        await connection.run(
          "create function s.ev() returns event_trigger language plpgsql as 'begin end'; alter role $renamed rename to $role"
            .replaceAll("$renamed", `${role}_x`)
            .replaceAll("$role", role),
        )
        before = await fingerprint(connection)
      }
      await connection.run(change.replaceAll("$renamed", `${role}_x`).replaceAll("$role", role))
      const after = await fingerprint(connection)
      if (after === before) unseen.push(change)
      before = after
    }
    expect(unseen).toEqual([])
    await connection.run(`drop event trigger et; drop schema s cascade; drop owned by ${role}`)
  })

  eachMajor("what is no part of the structure does not show", async (db) => {
    const connection = await db.connect()
    await connection.run(
      "create schema lockstep; create table t (id int primary key, a text); create index on t (a)",
    )
    const before = await fingerprint(connection)
    for (const same of [
      "insert into t select g, repeat('x', 3000) from generate_series(1, 100) g; delete from t where id < 50",
      "vacuum analyze t",
      "create temporary table tmp (id int primary key); create index on tmp (id)",
      "create table lockstep.own (id int primary key); comment on table lockstep.own is 'x'",
      "reindex table t",
      "truncate t",
    ]) {
      for (const sql of same.startsWith("vacuum") ? [same] : same.split("; ")) await connection.run(sql)
      expect({ same, fingerprint: await fingerprint(connection) }).toEqual({ same, fingerprint: before })
    }
  })
})

describe("drift by fingerprint", () => {
  test("what another version of Lockstep has kept says nothing, neither that it is the same nor that it is not", async () => {
    const place = { applied: new Map(), repeatables: new Map(), inFlight: [] }
    const compare = (kept: string) =>
      compareFingerprint(undefined as never, "lockstep", { ...place, fingerprint: kept }, asked)
    const asked = Promise.resolve("2:abcd")
    const here = keptFingerprint(place, "2:abcd")
    expect(await compare(here)).toBe("same")
    expect(await compare(here.replace("abcd", "ffff"))).toBe("different")
    expect(await compare(here.replace("2:", "1:"))).toBe("unknown")
  })

  const users = {
    "a.sql": revision("aaaa", "", "create table users (id int);\n-- rollback\ndrop table users;"),
    "b.sql": revision(
      "bbbb",
      "aaaa",
      "alter table users add name text;\n-- rollback\nalter table users drop name;",
    ),
  }

  test("a run keeps it, forward and backward; with it no scratch server is needed", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const target = { root: project.root, url: db.url }
    // No such server is installed: whoever asks for one fails.
    const options = { ...target, scratch: { major: 9 } }
    await upgrade({ ...target, to: "aaaa" })
    await upgrade(target)
    expect(await drift(options)).toMatchObject({ equal: true, compared: "fingerprint", current: ["bbbb"] })
    await downgrade({ ...target, to: "aaaa", acceptDataLoss: true })
    expect(await drift(options)).toMatchObject({ equal: true, compared: "fingerprint", current: ["aaaa"] })
    await expect(drift({ ...options, full: true })).rejects.toMatchObject({ code: "embedded-server-missing" })
  })

  test("a run on top of drift does not make it right, nor does it going back to an earlier place", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const target = { root: project.root, url: db.url }
    const options = { ...target, scratch: { url: db.server.url } }
    const connection = await db.connect()
    await upgrade({ ...target, to: "aaaa" })
    await connection.run("create table by_hand ()")
    expect(await drift(options)).toMatchObject({ equal: false, compared: "catalog" })
    await upgrade(target)
    expect(await drift(options)).toMatchObject({
      equal: false,
      changes: [{ change: "drop", object: "table public.by_hand" }],
    })
    // Now it is right, and only a full comparison can tell; that is kept where it is asked for.
    await connection.run("drop table by_hand")
    expect(await drift(options)).toMatchObject({ equal: true, compared: "catalog" })
    expect(await drift({ ...options, record: true })).toMatchObject({ equal: true, compared: "catalog" })
    expect(await drift(options)).toMatchObject({ equal: true, compared: "fingerprint" })
    await upgrade(target)
    expect(await drift(options)).toMatchObject({ equal: true, compared: "fingerprint" })
  })

  test("a database in which somebody had made something before the first run is compared", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    const target = { root: project.root, url: db.url }
    await (await db.connect()).run("grant create on schema public to public")
    await upgrade(target)
    expect(await drift({ ...target, scratch: { url: db.server.url } })).toMatchObject({
      equal: false,
      compared: "catalog",
    })
  })
})
