/** One way in which a change of the schema breaks code that is serving, or one that breaks nothing. */
export interface Breakage {
  readonly name: string
  /** What is there before, under names that no other case has. */
  readonly schema: string
  readonly change: string
  readonly query: string
  /** How the finding about the query begins, behind its name; absent where there must be none. */
  readonly finding?: string
}

function breaks(name: string, schema: string, change: string, query: string, finding: string): Breakage {
  return { name, schema, change, query, finding }
}

function keeps(name: string, schema: string, change: string, query: string): Breakage {
  return { name, schema, change, query }
}

const dropped = 'fails with 42703: column "a" does not exist'

/** The classes of breakage that a proof must find, and what looks like them. Each has tables of its own. */
export const breakages: readonly Breakage[] = [
  breaks(
    "column dropped",
    "create table t1 (id int primary key, a text)",
    "alter table t1 drop column a",
    "select a from t1 where id = $1",
    dropped,
  ),
  breaks(
    "column renamed",
    "create table t2 (id int primary key, a text)",
    "alter table t2 rename column a to b",
    "update t2 set a = $1 where id = $2",
    'fails with 42703: column "a" of relation "t2" does not exist',
  ),
  breaks(
    "table dropped",
    "create table t3 (id int primary key, a text)",
    "drop table t3",
    "select a from t3",
    'fails with 42P01: relation "t3" does not exist',
  ),
  breaks(
    "table renamed",
    "create table t4 (id int primary key, a text)",
    "alter table t4 rename to t4_old",
    "delete from t4 where id = $1",
    'fails with 42P01: relation "t4" does not exist',
  ),
  breaks(
    "view dropped",
    "create table t5 (id int primary key, a text); create view v5 as select id, a from t5",
    "drop view v5",
    "select a from v5",
    'fails with 42P01: relation "v5" does not exist',
  ),
  breaks(
    "table in another schema",
    "create schema elsewhere; create table t6 (id int primary key, a text)",
    "alter table t6 set schema elsewhere",
    "select a from t6",
    'fails with 42P01: relation "t6" does not exist',
  ),
  breaks(
    "function dropped",
    "create function f7(int) returns int language sql as 'select $1'",
    "drop function f7(int)",
    "select f7($1)",
    "fails with 42883: function f7(",
  ),
  breaks(
    "function with another result",
    "create function f8(int) returns int language sql as 'select $1'",
    "drop function f8(int); create function f8(int) returns text language sql as 'select $1::text'",
    "select f8($1)",
    "returns something else: column 1 was f8 integer and is f8 text",
  ),
  breaks(
    "column dropped that an inlined function reads",
    "create table t9 (id int primary key, a text); create function f9(int) returns text language sql stable as 'select a from t9 where id = $1'",
    "alter table t9 drop column a",
    "select f9($1)",
    dropped,
  ),
  breaks(
    "privilege on a table revoked",
    "create table t10 (id int primary key, a text)",
    "revoke select on t10 from app",
    "select a from t10",
    "fails with 42501: permission denied for table t10",
  ),
  breaks(
    "privilege on a column revoked",
    "create table t11 (id int primary key, a text)",
    "revoke select on t11 from app; grant select (id) on t11 to app",
    "select id, a from t11",
    "fails with 42501: permission denied for table t11",
  ),
  breaks(
    "int becomes text",
    "create table t12 (id int primary key, a int)",
    "alter table t12 alter a type text",
    "select a from t12 where id = $1",
    "returns something else: column 1 was a integer and is a text",
  ),
  breaks(
    "int becomes bigint",
    "create table t13 (id int primary key, a int)",
    "alter table t13 alter a type bigint",
    "select a from t13 where id = $1",
    "returns something else: column 1 was a integer and is a bigint",
  ),
  breaks(
    "varchar shrinks",
    "create table t14 (id int primary key, a varchar(20))",
    "alter table t14 alter a type varchar(10)",
    "insert into t14 (id, a) values ($1, $2)",
    "fails with 22001: value too long for type character varying(10)",
  ),
  breaks(
    "text gets a length",
    "create table t15 (id int primary key, a text)",
    "alter table t15 alter a type varchar(10)",
    "insert into t15 (id, a) values ($1, $2)",
    "fails with 22001 for values of a that text took and character varying(10) does not",
  ),
  breaks(
    "NOT NULL column more",
    "create table t16 (id int primary key)",
    "alter table t16 add column a text not null default ''; alter table t16 alter a drop default",
    "insert into t16 (id) values ($1)",
    "fails with 23502",
  ),
  breaks(
    "column becomes NOT NULL",
    "create table t17 (id int primary key, a text); insert into t17 values (1, 'x')",
    "alter table t17 alter a set not null",
    "insert into t17 (id) values ($1)",
    "fails with 23502",
  ),
  breaks(
    "default dropped",
    "create table t18 (id int primary key, a text not null default 'x')",
    "alter table t18 alter a drop default",
    "insert into t18 (id) values ($1)",
    "fails with 23502",
  ),
  breaks(
    "another default",
    "create table t19 (id int primary key, a text default 'x')",
    "alter table t19 alter a set default 'y'",
    "insert into t19 (id) values ($1)",
    "leaves out a and gets 'y'::text for it, no longer 'x'::text",
  ),
  breaks(
    "CHECK more, not validated",
    "create table t20 (id int primary key, a text default 'x')",
    "alter table t20 add constraint c20 check (a <> 'x') not valid",
    "insert into t20 (id) values ($1)",
    'fails with 23514: new row for relation "t20" violates check constraint "c20"',
  ),
  breaks(
    "CHECK that allows less",
    "create table t21 (id int primary key, a text check (a in ('x', 'y')))",
    "alter table t21 drop constraint t21_a_check; alter table t21 add constraint t21_a_check check (a in ('x')) not valid",
    "insert into t21 (id, a) values ($1, $2)",
    'fails with 23514: new row for relation "t21" violates check constraint "t21_a_check"',
  ),
  breaks(
    "unique now, and always the same",
    "create table t22 (id int primary key, a text default 'x')",
    "create unique index u22 on t22 (a)",
    "insert into t22 (id) values ($1)",
    "fails with 23505",
  ),
  breaks(
    "nothing unique under ON CONFLICT",
    "create table t23 (id int primary key, a text constraint u23 unique)",
    "alter table t23 drop constraint u23",
    "insert into t23 (id, a) values ($1, $2) on conflict (a) do nothing",
    "fails with 42P10",
  ),
  breaks(
    "label renamed, in the query",
    "create type e24 as enum ('x', 'y'); create table t24 (id int primary key, a e24)",
    "alter type e24 rename value 'x' to 'z'",
    "update t24 set a = 'x' where id = $1",
    "fails with 22P02",
  ),
  breaks(
    "label renamed, as a parameter",
    "create type e25 as enum ('x', 'y'); create table t25 (id int primary key, a e25); insert into t25 values (1, 'y')",
    "alter type e25 rename value 'x' to 'z'",
    "update t25 set a = $1 where id = $2",
    "fails with 22P02",
  ),
  breaks(
    "always the identity",
    "create table t26 (id int generated by default as identity primary key, a text)",
    "alter table t26 alter id set generated always",
    "insert into t26 (id, a) values ($1, $2)",
    "fails with 428C9",
  ),
  breaks(
    "column becomes generated",
    "create table t27 (id int primary key, a int)",
    "alter table t27 drop column a; alter table t27 add column a int generated always as (id * 2) stored",
    "update t27 set a = $1 where id = $2",
    "fails with 428C9",
  ),
  breaks(
    "column more under a star",
    "create table t28 (id int primary key, a text)",
    "alter table t28 add column b text",
    "select * from t28 where id = $1",
    "returns something else: it returned 2 columns and returns 3",
  ),
  breaks(
    "column more under a positional insert",
    "create table t29 (id int, a text); create table t29_old (id int, a text)",
    "alter table t29 add column b text",
    "insert into t29_old select * from t29",
    "fails with 42601: INSERT has more expressions than target columns",
  ),
  breaks(
    "column dropped that a trigger writes",
    "create table t30 (id int primary key, a text); create table t30_log (id int, b text); create function g30() returns trigger language plpgsql as $$ begin insert into t30_log (id, b) values (new.id, new.a); return new; end $$; create trigger g30 before update on t30 for each row execute function g30()",
    "alter table t30_log drop column b",
    "update t30 set a = $1 where id = $2",
    'fails with 42703: column "b" of relation "t30_log" does not exist',
  ),
  breaks(
    "table dropped that a trigger writes",
    "create table t31 (id int primary key, a text); create table t31_log (id int); create function g31() returns trigger language plpgsql as $$ begin insert into t31_log (id) values (new.id); return new; end $$; create trigger g31 before update on t31 for each row execute function g31()",
    "drop table t31_log",
    "update t31 set a = $1 where id = $2",
    'fails with 42P01: relation "t31_log" does not exist',
  ),
  breaks(
    "trigger that raises",
    "create table t32 (id int primary key, a text); create function g32() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
    "create trigger g32 before update on t32 for each row execute function g32()",
    "update t32 set a = $1 where id = $2",
    "fails with P0001: no",
  ),
  breaks(
    "trigger that swallows",
    "create table t33 (id int primary key, a text); create function g33() returns trigger language plpgsql as $$ begin return null; end $$",
    "create trigger g33 before update on t33 for each row execute function g33()",
    "update t33 set a = $1 where id = $2",
    "found 1 rows and finds none",
  ),
  breaks(
    "row security without a policy",
    "create table t34 (id int primary key, a text)",
    "alter table t34 enable row level security",
    "select a from t34 where id = $1",
    "found 1 rows and finds none: row security hides those of public.t34",
  ),
  breaks(
    "foreign key in the way of deletes",
    "create table t35 (id int primary key); create table t35_child (parent int); insert into t35 values (7)",
    "alter table t35_child add constraint f35 foreign key (parent) references t35 not valid",
    "delete from t35 where id = $1",
    "fails with 23503 for rows of public.t35 that public.t35_child refers to",
  ),
  breaks(
    "foreign key that cascades no more",
    "create table t36 (id int primary key); create table t36_child (parent int constraint f36 references t36 on delete cascade)",
    "alter table t36_child drop constraint f36; alter table t36_child add constraint f36 foreign key (parent) references t36 not valid",
    "delete from t36 where id = $1",
    "fails with 23503 for rows of public.t36 that public.t36_child refers to",
  ),
  breaks(
    "index dropped",
    "create table t37 (id int primary key, a text); create index i37 on t37 (a)",
    "drop index i37",
    "select id from t37 where a = $1",
    "read public.t37 through an index and reads all of it now",
  ),
  breaks(
    "index dropped that a queue is read by",
    "create table t38 (id int primary key, at timestamptz default now(), taken text); create index i38 on t38 (at) where taken is null",
    "drop index i38",
    "select id from t38 where taken is null order by at limit 1 for update skip locked",
    "read public.t38 through an index and reads all of it now",
  ),
  breaks(
    "index dropped that deletes need",
    "create table t39 (id int primary key); create table t39_child (parent int references t39); create index i39 on t39_child (parent)",
    "drop index i39",
    "delete from t39 where id = $1",
    "by the foreign key t39_child_parent_fkey of public.t39_child, read public.t39_child through an index",
  ),
  breaks(
    "column made again",
    "create table t40 (id int primary key, a text)",
    "alter table t40 drop column a, add column a text",
    "select a from t40 where id = $1",
    "names a, whose values are gone",
  ),
  keeps(
    "nullable column more",
    "create table k1 (id int primary key, a text)",
    "alter table k1 add column b text",
    "insert into k1 (id, a) values ($1, $2)",
  ),
  keeps(
    "column with a default more",
    "create table k2 (id int primary key, a text)",
    "alter table k2 add column b text not null default ''",
    "insert into k2 (id, a) values ($1, $2)",
  ),
  keeps(
    "wider varchar",
    "create table k3 (id int primary key, a varchar(10))",
    "alter table k3 alter a type varchar(20)",
    "insert into k3 (id, a) values ($1, $2)",
  ),
  keeps(
    "label more",
    "create type l4 as enum ('x', 'y'); create table k4 (id int primary key, a l4)",
    "alter type l4 add value 'z'",
    "update k4 set a = $1 where id = $2",
  ),
  keeps(
    "column dropped that nobody names",
    "create table k5 (id int primary key, a text, b text)",
    "alter table k5 drop column b",
    "select id, a from k5 where id = $1",
  ),
  keeps(
    "index replaced",
    "create table k6 (id int primary key, a text, b text); create index j6 on k6 (a)",
    "create index j6b on k6 (a, b); drop index j6",
    "select id from k6 where a = $1",
  ),
  keeps(
    "policy with row security",
    "create table k7 (id int primary key, a text)",
    "create policy p7 on k7 using (true); alter table k7 enable row level security",
    "select a from k7 where id = $1",
  ),
  keeps(
    "CHECK that allows more",
    "create table k8 (id int primary key, a text check (a in ('x', 'y')))",
    "alter table k8 drop constraint k8_a_check; alter table k8 add constraint k8_a_check check (a in ('x', 'y', 'z')) not valid",
    "insert into k8 (id, a) values ($1, $2)",
  ),
  keeps(
    "column more beside a star of others",
    "create table k9 (id int primary key, a text)",
    "alter table k9 add column b text",
    "select count(*) from k9 where a = $1",
  ),
  keeps(
    "trigger that keeps time",
    "create table k10 (id int primary key, a text, at timestamptz); create function h10() returns trigger language plpgsql as $$ begin new.at := now(); return new; end $$",
    "create trigger h10 before update on k10 for each row execute function h10()",
    "update k10 set a = $1 where id = $2",
  ),
]
