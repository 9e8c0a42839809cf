import { converges } from "./converge.ts"

converges("grants, on columns, with grant option, and taken from PUBLIC and from the owner", {
  old: `create table t (a int, b int); grant select, insert on t to pg_monitor with grant option; grant update (a) on t to public;
    create function f(int) returns int language sql as 'select $1'; create schema s; create sequence q;
    grant usage on schema s to public; grant all on sequence q to pg_monitor`,
  new: `create table t (a int, b int); grant select on t to pg_monitor; grant update (b), select (a) on t to pg_monitor;
    revoke delete on t from current_user; create function f(int) returns int language sql as 'select $1'; create schema s;
    revoke execute on function f from public; create sequence q; grant select on q to public`,
})

converges("owners, and what they leave to the next one", {
  old: "create table t (a int); grant select on t to public; create view v as select 1 as x; create type e as enum ('a')",
  new: `create table t (a int); grant select on t to public; alter table t owner to pg_monitor; create view v as select 1 as x;
    alter view v owner to pg_monitor; create type e as enum ('a'); alter type e owner to pg_monitor;
    create sequence q; alter sequence q owner to pg_monitor; create schema s authorization pg_monitor`,
})

converges("comments on whatever has them", {
  old: `create table t (a int constraint p primary key, b text); comment on table t is 'old'; comment on column t.b is 'gone';
    comment on schema public is 'ours'`,
  new: `create table t (a int constraint p primary key, b text); comment on table t is 'it''s \\ new'; comment on column t.a is 'key';
    comment on constraint p on t is 'one'; comment on index p is 'two'; create view v as select a from t;
    comment on view v is 'seen'; comment on column v.a is 'seen, too'; create type c as (x int); comment on column c.x is 'part';
    create domain d as int constraint k check (value > 0); comment on constraint k on domain d is 'three';
    create function f() returns int language sql as 'select 1'; comment on function f() is null;
    create procedure g() language sql as 'select 1'; comment on procedure g() is 'done'`,
})

converges("what is new gets the privileges of the target, whatever the default privileges say", {
  old: "alter default privileges grant select on tables to public; alter default privileges revoke execute on functions from public",
  new: `create table t (a int); create function f() returns int language sql as 'select 1';
    alter default privileges in schema public grant insert on tables to pg_monitor; create table u (a int)`,
})

converges("a rebuilt view has its owner and privileges again", {
  old: "create table t (a int); create view v as select a from t; alter view v owner to pg_monitor; grant select (a) on v to public",
  new: "create table t (a text); create view v as select a from t; alter view v owner to pg_monitor; grant select (a) on v to public",
  saysNot: [/cascade/],
})
