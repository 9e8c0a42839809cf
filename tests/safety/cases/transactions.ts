import { hazard, safe } from "../case.ts"

/** Transactions, time limits, changes of rows. */
export const transactionCases = [
  hazard(
    "create an index concurrently in a transaction",
    "begin; create index concurrently users_age on users (age); commit",
  ),
  hazard(
    "fill a column in the transaction that added it",
    "begin; alter table users add column country text; update users set country = 'nl'; commit",
  ),
  hazard(
    "count the rows while a table is locked",
    "begin; alter table users add column country text; select count(*) from orders; commit",
  ),
  safe(
    "one row in the transaction that added a column",
    "begin; alter table users add column country text; update users set country = 'nl' where id = 1; commit",
  ),
  hazard(
    "two tables in one transaction",
    "begin; alter table users add column country text; alter table orders add column country text; commit",
  ),
  safe(
    "two tables in two transactions",
    "begin; alter table users add column country text; commit; begin; alter table orders add column country text; commit",
  ),
  safe(
    "two changes of one table in one transaction",
    "begin; alter table users add column country text; alter table users add column city text; commit",
  ),
  safe(
    "a new table and one that serves",
    "begin; create table countries (id int primary key); alter table users add column country_id int references countries; commit",
  ),
  hazard(
    "a lock without a limit",
    "begin; lock table users in access exclusive mode; alter table users add column x int; commit",
  ),
  safe(
    "a lock with a limit",
    "begin; set local lock_timeout = '2s'; lock table users in access exclusive mode; alter table users add column x int; commit",
  ),
  safe(
    "a lock that lets everybody through",
    "begin; lock table users in access share mode; select 1; commit",
  ),
  hazard("no limit, and said so", "set lock_timeout = 0; alter table users add column x int"),
  hazard("a limit of ten minutes", "set lock_timeout = '10min'; alter table users add column x int"),
  safe("a limit of two seconds", "set lock_timeout = '2s'; alter table users add column x int"),
  hazard(
    "set local outside of a transaction",
    "set local lock_timeout = '2s'; alter table users add column x int",
  ),
  safe(
    "set local inside of a transaction",
    "begin; set local lock_timeout = '2s'; alter table users add column x int; commit",
  ),
  hazard(
    "a concurrent build under a lock_timeout",
    "set lock_timeout = '2s'; create index concurrently users_age on users (age)",
  ),
  hazard(
    "a concurrent build under a short statement_timeout",
    "set statement_timeout = '5s'; create index concurrently users_age on users (age)",
  ),
  safe(
    "a concurrent build without limits",
    "set lock_timeout = 0; set statement_timeout = 0; create index concurrently users_age on users (age)",
  ),
  hazard("no commit", "begin; alter table users add column x int"),
  hazard(
    "a transaction in a transaction",
    "begin; begin; alter table users add column x int; commit; commit",
  ),
  safe("a savepoint", "begin; savepoint a; alter table users add column x int; release a; commit"),
  hazard(
    "an enum label used where it is added",
    "begin; alter type mood add value 'neutral'; alter table users alter mood set default 'neutral'; commit",
  ),
  safe(
    "an enum label used in the next transaction",
    "alter type mood add value 'neutral'; alter table tickets add column mood mood default 'neutral'",
  ),
  hazard(
    "skips an index that a failed build left",
    "create unique index concurrently if not exists doubled_broken on doubled (plan)",
  ),
  safe(
    "drops what a failed build left, and builds",
    "drop index concurrently if exists doubled_broken; create index concurrently doubled_broken on doubled (plan)",
  ),
  hazard("update all rows", "update users set age = 0"),
  hazard("update without an index", "update users set age = 0 where bio is null"),
  hazard("a condition that filters nothing", "update users set age = 0 where id > 0"),
  safe("update one row", "update users set age = 0 where id = 5"),
  safe("update a range of keys", "update users set age = 0 where id between 1 and 5000"),
  safe("update a list of keys", "update users set age = 0 where id in (1, 2, 3)"),
  safe(
    "update a batch",
    "update users set age = 0 where id in (select id from users where age is null order by id limit 1000)",
  ),
  safe(
    "update a batch by a CTE",
    "with batch as (select id from users where age is null limit 1000 for update skip locked) update users u set age = 0 from batch where u.id = batch.id",
  ),
  safe("update all rows of a small table", "update settings set value = 'x'", {
    stats: { settings: { rows: 12, bytes: 8192 } },
  }),
  hazard("update all rows of a large table", "update orders set note = 'x'", {
    stats: { orders: { rows: 9_000_000, bytes: 3_000_000_000 } },
  }),
  hazard(
    "update from another table",
    "update orders o set note = u.name from users u where u.id = o.user_id",
  ),
  hazard("delete all rows", "delete from orders"),
  hazard("delete the old ones", "delete from users where created_at < now() - interval '1 year'"),
  safe("delete by key", "delete from kids where id = 1"),
  safe("insert some rows", "insert into settings values (2, 'a', 'b'), (3, 'c', 'd')"),
  safe("copy rows into a new table", "create table copied as select * from orders"),
  safe(
    "fill a table of the same script",
    "create table copied (id bigint, total numeric); insert into copied select id, total from orders; update copied set total = 0; create index on copied (id)",
  ),
  hazard("truncate", "truncate audit"),
  hazard("truncate with what refers to it", "truncate users cascade"),
  safe(
    "truncate a table of the same script",
    "create table t (id int); insert into t values (1); truncate t",
  ),
  hazard(
    "a loop of batches that never commits",
    "do $$ begin loop update users set age = 0 where id in (select id from users where age is null limit 1000); exit when not found; end loop; end $$",
  ),
  safe(
    "a loop of batches that commits",
    "do $$ begin loop update users set age = 0 where id in (select id from users where age is null limit 1000); exit when not found; commit; end loop; end $$",
  ),
  hazard("a function that updates all", "select backfill()"),
  safe("a procedure that commits its batches", "call backfill_batches()"),
  hazard("a procedure that does not", "call backfill_at_once()"),
  hazard(
    "rows changed one by one in a loop",
    "do $$ declare r record; begin for r in select id from users loop update users set age = 0 where id = r.id; end loop; end $$",
  ),
  hazard("all triggers off", "alter table orders disable trigger all"),
  safe("one trigger off", "alter table orders disable trigger orders_audit"),
  hazard(
    "no triggers in the session",
    "set session_replication_role = replica; insert into orders (user_id, total) values (99, 1)",
  ),
  hazard("a sequence from 1 again", "alter sequence users_id_seq restart with 1"),
  hazard("a sequence from its start again", "alter sequence users_id_seq restart"),
  safe("a sequence beyond all values", "alter sequence users_id_seq restart with 5000000000"),
  hazard("setval below what is there", "select setval('users_id_seq', 1)"),
  safe("setval to what is there", "select setval('users_id_seq', (select max(id) from users))"),
  hazard("a statement that fails", "alter table users add column email text"),
  safe("a statement that would fail, guarded", "alter table users add column if not exists email text"),
  hazard("a table that is not there", "alter table nobody add column x int"),
  hazard(
    "a view with its columns in another order",
    "create or replace view user_names as select name, id from users",
  ),
  safe(
    "a view with one more column",
    "create or replace view user_names as select id, name, email from users",
  ),
  hazard("not null without a default", "alter table users add column country text not null"),
  hazard(
    "not null without a default, on a table that has no rows on scratch",
    "alter table plain add column country text not null",
    { queries: "select id from plain" },
  ),
  safe(
    "not null without a default, on a table that has no rows anywhere",
    "alter table plain add column country text not null",
    { queries: "select id from plain", stats: { plain: { rows: 0, bytes: 0 } } },
  ),
  hazard("concurrently on a partitioned table", "create index concurrently parted_v on parted (v)"),
  hazard(
    "a foreign key not valid on a partitioned table, before 18",
    "alter table parted add constraint f foreign key (id) references users not valid",
    { to: 17 },
  ),
  safe(
    "a foreign key not valid on a partitioned table, from 18",
    "alter table parted add constraint f foreign key (id) references users not valid",
    { from: 18 },
  ),
]
