import { converges } from "./converge.ts"

converges("views on a column whose type changes come back with all that is theirs", {
  old: `create table t (id int, n int);
    create view v as select id, n from t; create view w as select n + 1 as m from v; comment on view w is 'sum';
    comment on column w.m is 'more'; grant select on w to public;
    create materialized view mv as select n from v; create index mv_n on mv (n);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g instead of insert on v for each row execute function f()`,
  new: `create table t (id int, n bigint);
    create view v as select id, n from t; create view w as select n + 1 as m from v; comment on view w is 'sum';
    comment on column w.m is 'more'; grant select on w to public;
    create materialized view mv as select n from v; create index mv_n on mv (n);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g instead of insert on v for each row execute function f()`,
  seed: "insert into t values (1, 2); refresh materialized view mv",
  keeps: ["select * from w", "select * from mv"],
})

converges("an enum label is removed, under columns, defaults, arrays, domains, views and functions", {
  old: `create type mood as enum ('sad', 'ok', 'happy'); create domain calm as mood check (value <> 'sad');
    create table t (m mood default 'ok', ms mood[], c calm, check (m <> 'happy'));
    create index on t (m) where m = 'ok'; create view v as select m from t;
    create function f(mood) returns text language sql as 'select $1::text'`,
  new: `create type mood as enum ('ok', 'sad'); create domain calm as mood check (value <> 'sad');
    create table t (m mood default 'ok', ms mood[], c calm, check (m <> 'sad'));
    create index on t (m) where m = 'ok'; create view v as select m from t;
    create function f(mood) returns text language sql as 'select $1::text'`,
  seed: "insert into t values ('ok', '{ok,sad}', 'ok')",
  keeps: ["select m, ms, c from t"],
})

converges("enum labels are added in their places", {
  old: "create type mood as enum ('ok'); create table t (m mood)",
  new: "create type mood as enum ('sad', 'meh', 'ok', 'happy'); create table t (m mood default 'happy')",
  says: ["alter type public.mood add value 'happy'", "alter type public.mood add value 'sad' before 'ok'"],
  saysNot: [/create type/],
  seed: "insert into t values ('ok')",
  keeps: ["select m from t"],
  oneWay: true,
})

converges("a function changes its result under a view, a check and an index", {
  old: `create function f(int) returns int immutable language sql as 'select $1'; create table t (a int, check (f(a) > 0));
    create index i on t (f(a)); create view v as select f(a) from t`,
  new: `create function f(int) returns bigint immutable language sql as 'select $1::bigint'; create table t (a int, check (f(a) > 0));
    create index i on t (f(a)); create view v as select f(a) from t`,
})

converges("a view and a function that use each other", {
  old: "",
  new: `create table t (a int); create view v as select a from t;
    create function f() returns setof v language sql stable begin atomic select * from v; end;
    create or replace view v as select f.a from f() f`,
})

converges("policies, triggers and rules", {
  old: `create table t (a int, b text); create policy p on t using (a > 0); create table log (a int);
    create rule r as on delete to t do instead nothing`,
  new: `create table t (a bigint, b text); create policy p on t as restrictive for select to public using (a > 1); create table log (a int);
    create policy q on t for insert with check (b <> ''); alter table t enable row level security;
    create rule r as on insert to t do also insert into log values (new.a);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g before update of a on t for each row when (old.a is distinct from new.a) execute function f();
    alter table t disable trigger g; comment on trigger g on t is 'off'`,
})

converges("composite and range types under columns", {
  old: "create type c as (a int, b text); create table t (x c, y c[]); create type r as range (subtype = float8)",
  new: "create type c as (a int, d date); create table t (x c, y c[]); create type r as range (subtype = int)",
  seed: "insert into t values (row(1, 'b'), '{}')",
  keeps: ["select (x).a from t"],
  oneWay: true,
})

converges("the composite type of a column changes the type of an attribute", {
  old: "create type c as (a int, b text); create table t (x c); create view v as select (x).a from t",
  new: "create type c as (a bigint, b text); create table t (x c); create view v as select (x).a from t",
  seed: "insert into t values (row(1, 'b'))",
  keeps: ["select (x).a, (x).b from t"],
})
