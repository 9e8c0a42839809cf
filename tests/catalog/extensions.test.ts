import { expect } from "vitest"
import { diff } from "../../src/diff/diff.ts"
import { introspect } from "../../src/introspect/introspect.ts"
import { eachMajor } from "../database.ts"
import { converges } from "./converge.ts"

const brought = [
  "btree_gist",
  "citext",
  "cube",
  "earthdistance",
  "intarray",
  "postgres_fdw",
  "tablefunc",
  "unaccent",
]

eachMajor("an extension is one object, whatever it brings", async (db) => {
  const connection = await db.connect()
  const bare = await introspect(connection)
  await connection.run(`${brought.map((name) => `create extension ${name};`).join("")}
    create schema lockstep; create table lockstep.t (id serial primary key, a int default 1 check (a > 0));
    create function lockstep.f() returns trigger language plpgsql as 'begin end';
    create trigger t before insert on lockstep.t for each row execute function lockstep.f();
    create policy p on lockstep.t; create rule r as on insert to lockstep.t do also select 1;
    create statistics lockstep.st on id, a from lockstep.t; create domain lockstep.d as int check (value > 0);
    alter default privileges in schema lockstep grant select on tables to public;
    create operator class lockstep.oc for type int using btree as operator 1 <, function 1 btint4cmp(int, int);
    alter operator family lockstep.oc using btree add operator 1 < (int4, int8)`)
  const found = diff(bare, await introspect(connection)).map((change) => ({
    ...change,
    ...("object" in change ? { id: change.object.id } : {}),
  }))
  expect(found.map((change) => "id" in change && change.id)).toEqual(
    brought.map((name) => `extension ${name}`),
  )
})

converges("what extensions bring is used, published and mapped", {
  since: 15,
  old: "create extension citext; create extension postgres_fdw; create table t (a int primary key)",
  new: `create extension citext; create extension postgres_fdw; create extension btree_gist; create extension unaccent;
    create table t (a int primary key, b citext default 'x', exclude using gist (a with =));
    create server there foreign data wrapper postgres_fdw options (host 'h', dbname 'd', fetch_size '10');
    create user mapping for public server there options ("user" 'u');
    create foreign table f (a int options (column_name 'A')) server there options (schema_name 's', table_name 'f');
    create text search configuration plain (copy = simple);
    alter text search configuration plain alter mapping for word with unaccent, simple;
    create cast (int as citext) with inout; create operator family fam using btree;
    alter operator family fam using btree add operator 1 < (citext, citext)`,
})

converges("an extension of a certain version, newer and back again", {
  old: "create extension pg_trgm version '1.5'",
  new: "create extension pg_trgm version '1.6'; create extension citext version '1.5'",
  says: ["alter extension pg_trgm update to '1.6'", "create extension citext schema public version '1.5'"],
})

converges("privileges on what an extension brought, as its script left them", {
  old: "create extension hstore; create extension pg_stat_statements",
  new: `create extension hstore; grant execute on function hstore(text, text) to public, current_user;
    create extension pg_stat_statements; grant select on pg_stat_statements to pg_monitor;
    revoke execute on function tconvert(text, text) from public`,
})
