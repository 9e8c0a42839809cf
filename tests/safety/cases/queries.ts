import { hazard, safe } from "../case.ts"

const find = "select id, name, email from users where id = $1;"
const all = "select * from users where id = $1;"
const add = "insert into users (name, email) values ($1, $2) returning id;"
const addOrder = "insert into orders (user_id, total, amount) values ($1, $2, 1);"

/** What breaks the queries that serve, and what only looks so. */
export const queryCases = [
  hazard("drop a column that is read", "alter table users drop column email", { queries: find }),
  safe("drop a column that nothing names", "alter table users drop column bio", { queries: find + add }),
  hazard("drop a column, nothing is known of the queries", "alter table users drop column bio"),
  hazard("rename a column that is read", "alter table users rename column email to mail", { queries: find }),
  hazard("rename a column, nothing is known of the queries", "alter table users rename column email to mail"),
  safe("rename a column that nothing names", "alter table users rename column bio to about", {
    queries: find,
  }),
  hazard("drop a table that is read", "drop table kids", {
    queries: "select name from kids where user_id = $1",
  }),
  safe("drop a table that nothing names", "drop table audit; ", {
    queries: find,
    schema: "drop trigger orders_audit on orders",
  }),
  hazard("drop a table that a trigger writes", "drop table audit", {
    queries: "update orders set note = $1 where id = $2",
  }),
  hazard("drop a column that a trigger uses", "alter table audit drop column what", {
    queries: "update orders set note = $1 where id = $2",
  }),
  hazard("rename a table", "alter table kids rename to children", { queries: "select name from kids" }),
  safe(
    "rename a table, with a view and its grants under the old name",
    "begin; alter table kids rename to children; create view kids as select * from children; grant select, insert, update, delete on kids to app; commit",
    { queries: "select name from kids where user_id = $1" },
  ),
  hazard(
    "rename a table, with a view that nobody may read",
    "begin; alter table kids rename to children; create view kids as select * from children; commit",
    { queries: "select name from kids where user_id = $1" },
  ),
  hazard("move a table to another schema", "create schema other; alter table kids set schema other", {
    queries: "select name from kids",
  }),
  hazard("drop a function that is called", "drop function price_of(bigint)", {
    queries: "select price_of($1)",
  }),
  safe("drop a function that is not", "drop function volatile_default()", { queries: "select price_of($1)" }),
  hazard("drop a column that an inlined function uses", "alter table orders drop column total cascade", {
    queries: "select price_of($1)",
  }),
  hazard("rename an enum label", "alter type mood rename value 'bad' to 'sad'", {
    queries: "update users set mood = $1 where id = $2",
  }),
  hazard("rename an enum label that a query writes out", "alter type mood rename value 'bad' to 'sad'", {
    queries: "select id from users where mood = 'bad'",
  }),
  safe("another enum label", "alter type mood add value 'neutral'", {
    queries: "update users set mood = $1 where id = $2",
  }),
  hazard("take a privilege away that is used", "revoke select on users from app", { queries: find }),
  safe("take a privilege away that is not", "revoke delete on users from app", { queries: find + add }),
  hazard("a column with select *", "alter table users add column phone text", { queries: all }),
  safe("a column, and the queries name theirs", "alter table users add column phone text", {
    queries: find + add,
  }),
  safe("a column, and count(*)", "alter table users add column phone text", {
    queries: "select count(*) from users where age = $1",
  }),
  hazard(
    "a positional insert and one more column",
    "alter table kids add column born date not null default '2020-01-01'",
    {
      queries:
        "insert into kids select id, user_id, name, 1 from kids where false; insert into kids select * from kids where false; select * from kids",
    },
  ),
  hazard(
    "a column that must be given",
    "alter table users add column country text not null default 'x'; alter table users alter country drop default",
    { queries: add },
  ),
  safe(
    "a column that must be given, with a default",
    "alter table users add column country text not null default 'x'",
    { queries: add },
  ),
  hazard("no default any more", "alter table orders alter status drop default", { queries: addOrder }),
  safe("no default any more, and nobody relies on it", "alter table orders alter status drop default", {
    queries: "insert into orders (user_id, total, status, amount) values ($1, $2, $3, 1)",
  }),
  hazard("another default", "alter table orders alter status set default 'open'", { queries: addOrder }),
  safe("a default where there was none", "alter table orders alter note set default ''", {
    queries: addOrder,
  }),
  hazard(
    "not null where an insert leaves it out",
    "alter table users add constraint c check (age is not null) not valid; alter table users validate constraint c; alter table users alter age set not null",
    { queries: add },
  ),
  safe(
    "not null where every insert gives it",
    "alter table users add constraint c check (age is not null) not valid; alter table users validate constraint c; alter table users alter age set not null; alter table users drop constraint c",
    { queries: "insert into users (name, email, age) values ($1, $2, $3)" },
  ),
  hazard(
    "a check that the queries do not meet",
    "alter table orders add constraint k check (status in ('open', 'closed')) not valid",
    { queries: addOrder },
  ),
  safe("a check that they meet", "alter table orders add constraint k check (total >= 0) not valid", {
    queries: addOrder,
  }),
  hazard("a unique key that ON CONFLICT names is gone", "alter table users drop constraint users_email_key", {
    queries: "insert into users (name, email) values ($1, $2) on conflict (email) do nothing",
  }),
  hazard("always the identity", "alter table tickets alter id set generated always", {
    queries: "insert into tickets (id, title) values ($1, $2)",
  }),
  safe("always the identity, and nobody gives one", "alter table tickets alter id set generated always", {
    queries: "insert into tickets (title) values ($1)",
  }),
  hazard("row security without a policy", "alter table users enable row level security", { queries: find }),
  hazard(
    "row security without a policy, nothing is known of the queries",
    "alter table users enable row level security",
  ),
  safe(
    "row security with a policy for all",
    "begin; create policy p on users using (true) with check (true); alter table users enable row level security; commit",
    { queries: find + add },
  ),
  hazard(
    "a trigger that refuses",
    "create function no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create trigger no before insert on users for each row execute function no()",
    { queries: add },
  ),
  safe(
    "a trigger that lets through",
    "create function yes() returns trigger language plpgsql as $$ begin return new; end $$; create trigger yes before insert on users for each row execute function yes()",
    { queries: add },
  ),
  hazard(
    "a foreign key that makes deletes fail",
    "alter table plain add constraint f foreign key (id) references users not valid",
    {
      queries: "delete from users where id = $1",
      schema:
        "alter table orders drop constraint orders_user_id_fkey; alter table kids drop constraint kids_user_id_fkey",
    },
  ),
  safe(
    "a foreign key that cascades",
    "alter table plain add constraint f foreign key (id) references users on delete cascade not valid",
    {
      queries: "delete from users where id = $1",
      schema:
        "alter table orders drop constraint orders_user_id_fkey; alter table kids drop constraint kids_user_id_fkey; create index on plain (id)",
    },
  ),
  hazard("drop an index that queries need", "drop index concurrently users_name", {
    queries: "select id from users where name = $1",
  }),
  safe("drop an index that they do not", "drop index concurrently users_created_at", {
    queries: "select id from users where name = $1",
  }),
  safe(
    "drop an index that another takes the place of",
    "create index concurrently users_name_age on users (name, age); drop index concurrently users_name",
    { queries: "select id from users where name = $1" },
  ),
  safe("drop an index of a small table", "drop index concurrently users_name", {
    queries: "select id from users where name = $1",
    stats: { users: { rows: 200, bytes: 16_384 } },
  }),
  hazard("a published table without a key", "alter table events drop constraint events_pkey", {
    queries: "update events set what = $1 where id = $2",
  }),
  safe(
    "a published table with another identity",
    "alter table events replica identity full; alter table events drop constraint events_pkey",
    { queries: "select what from events where at > $1" },
  ),
  safe(
    "a longer varchar",
    "drop view user_names; alter table users alter name type varchar(100); create view user_names as select id, name from users; grant select, insert, update, delete on user_names to app",
    { queries: find + add },
  ),
  hazard("a json column and select distinct", "alter table kids add column data json", {
    queries: "select distinct * from kids",
  }),
  hazard(
    "a generated column where values were given",
    "alter table orders drop column note; alter table orders add column note text generated always as (status) stored",
    {
      queries: "insert into orders (user_id, total, note, amount) values ($1, $2, $3, 1)",
      stats: { orders: { rows: 10, bytes: 8192 } },
    },
  ),
  safe("a query that did not work before either", "alter table users add column phone text", {
    queries: `select nothing from users; ${find}`,
  }),
  hazard(
    "another result of a function",
    "drop function price_of(bigint); create function price_of(bigint) returns text language sql stable as 'select total::text from orders where id = $1'",
    { queries: "select price_of($1)" },
  ),
  hazard(
    "the always same value that must be unique",
    "create unique index concurrently settings_key on settings (key)",
    { queries: "insert into settings (id, key, value) values ($1, 'theme', $2)" },
  ),
  safe(
    "a unique key and inserts that expect it",
    "create unique index concurrently settings_key on settings (key)",
    { queries: "insert into settings (id, key, value) values ($1, $2, $3) on conflict do nothing" },
  ),
]
