import { hazard, safe } from "../case.ts"

const shop = `
create schema shop; create table shop.items (id int primary key, name text, price int);
insert into shop.items values (1, 'cup', 5);
alter role app set search_path = shop, public; grant usage on schema shop to app;
grant select, insert, update, delete on shop.items to app;
create function item_price(int) returns int language plpgsql as $$ begin return (select price from shop.items where id = $1); end $$;
create procedure reprice(int) language plpgsql as $$ begin update shop.items set price = $1; end $$;`

/** What applications issue besides plain queries, and what of it a change breaks. */
export const applicationCases = [
  hazard("drop a view that is read", "drop view user_names", {
    queries: "select name from user_names where id = $1",
  }),
  hazard("rename a view that is read", "alter view user_names rename to names_of_users", {
    queries: "select name from user_names",
  }),
  hazard(
    "a function with another signature",
    "drop function price_of(bigint); create function price_of(bigint, text) returns numeric language sql as 'select 1.0'",
    { queries: "select price_of($1)" },
  ),
  safe(
    "a function with another body",
    "create or replace function price_of(bigint) returns numeric language sql stable as 'select total + 1 from orders where id = $1'",
    { queries: "select price_of($1)" },
  ),
  hazard(
    "the privilege on one column",
    "revoke select on users from app; grant select (id) on users to app",
    {
      queries: "select name from users where id = $1",
    },
  ),
  safe(
    "privileges on columns in the place of one on the table",
    "revoke select on users from app; grant select (id, name) on users to app",
    { queries: "select name from users where id = $1" },
  ),
  hazard("a column that COPY fills", "alter table kids drop column name", {
    queries: "copy kids (id, user_id, name) from stdin",
  }),
  hazard(
    "a column that must be given, and COPY leaves it out",
    "alter table kids alter user_id set not null",
    {
      queries: "copy kids (id, name) from stdin",
      stats: { kids: { rows: 3, bytes: 8192 } },
    },
  ),
  hazard("a column more than the rows of COPY have", "alter table kids add column age int", {
    queries: "copy kids from stdin;\nselect id from users where id = $1",
  }),
  safe("a column more, and COPY names its own", "alter table kids add column age int", {
    queries: "copy kids (id, user_id, name) from stdin; copy (select name from kids) to stdout",
  }),
  hazard("a column that COPY writes out", "alter table kids drop column name", {
    queries: "copy kids (name) to stdout",
  }),
  hazard("a column that a procedure writes", "alter table shop.items rename price to cost", {
    schema: shop,
    queries: "call reprice($1)",
  }),
  safe("a column that a procedure does not know", "alter table shop.items add column size int", {
    schema: shop,
    queries: "call reprice($1); select item_price($1)",
  }),
  hazard("a column in the body of a function", "alter table shop.items rename price to cost", {
    schema: shop,
    queries: "select item_price($1)",
  }),
  hazard("a table that only the role's search path finds", "drop table shop.items cascade", {
    schema: shop,
    queries: "select name from items where id = $1",
  }),
  safe(
    "a table of the same name, further on in the search path",
    "create table public.items (id int primary key)",
    {
      schema: shop,
      queries: "select name from items where id = $1",
    },
  ),
  safe(
    "transactions, settings and changes of the schema among the queries",
    "alter table users drop column bio",
    {
      queries:
        "begin; select name from users where id = $1; commit; create table t9 (id int); truncate kids; set search_path to shop; listen x; lock table kids",
    },
  ),
  safe("a parameter of no known type", "alter table users add column phone text", {
    queries:
      "select $1, name from users; select id from users where id = any($2) limit $1 for update skip locked",
  }),
]
