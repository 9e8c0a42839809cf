import { hazard, safe } from "../case.ts"

/** What migrations look like that tools and people write. */
export const everydayCases = [
  safe(
    "prisma style",
    `CREATE TABLE "Post" ("id" SERIAL NOT NULL, "authorId" BIGINT NOT NULL, "orderId" BIGINT, CONSTRAINT "Post_pkey" PRIMARY KEY ("id")); CREATE INDEX "Post_authorId_idx" ON "Post"("authorId"); ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES users(id) ON DELETE RESTRICT ON UPDATE CASCADE; ALTER TABLE "Post" ADD CONSTRAINT "Post_order" FOREIGN KEY ("orderId") REFERENCES orders(id)`,
  ),
  safe(
    "prisma style in a block",
    `BEGIN; CREATE TABLE "Post" ("id" SERIAL NOT NULL, "authorId" BIGINT NOT NULL, "orderId" BIGINT, CONSTRAINT "Post_pkey" PRIMARY KEY ("id")); CREATE INDEX "Post_authorId_idx" ON "Post"("authorId"); ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES users(id); ALTER TABLE "Post" ADD CONSTRAINT "Post_order" FOREIGN KEY ("orderId") REFERENCES orders(id); COMMIT`,
  ),
  safe("two columns", "alter table users add column a int default 1 not null, add column b text"),
  safe("set default", "alter table users alter age set default 0"),
  safe("create if not exists", "create table if not exists users (id int)"),
  safe("drop if exists", "drop table if exists nothing_here"),
  safe(
    "replace function",
    "create or replace function price_of(bigint) returns numeric language sql stable as 'select total + 0 from orders where id = $1'",
  ),
  safe("insert select", "insert into audit (order_id, what) select id, note from orders"),
  safe("count", "select count(*) from users"),
  safe("alter partitioned", "alter table parted add column z int"),
  safe(
    "dual write trigger",
    "create function dw() returns trigger language plpgsql as $$ begin new.bio := new.name; return new; end $$; create trigger dw before insert or update on users for each row execute function dw()",
    { queries: "insert into users (name, email) values ($1, $2); update users set name = $1 where id = $2" },
  ),
  safe(
    "ctid batch",
    "update users set age = 0 where ctid = any (array(select ctid from users where age is null limit 1000))",
  ),
  safe(
    "delete using limit",
    "delete from audit using (select id from audit order by id limit 100) b where audit.id = b.id",
  ),
  safe(
    "move batch",
    "create table archive (like audit); with moved as (delete from audit where id in (select id from audit order by id limit 10) returning *) insert into archive select * from moved",
  ),
  safe(
    "swap",
    "create table kids_new (like kids including all); insert into kids_new select * from kids; begin; alter table kids rename to kids_old; alter table kids_new rename to kids; commit; grant all on kids to app",
    { queries: "select name from kids" },
  ),
  safe("publication for table with key", "create publication p2 for table users"),
  hazard("publication for all", "create publication p2 for all tables", {
    queries: "update plain set name = $1 where id = $2",
  }),
  hazard("drop last policy", "drop policy p on kids", {
    schema: "create policy p on kids using (true); alter table kids enable row level security",
  }),
  hazard(
    "view recreated without grants",
    "begin; drop view user_names; create view user_names as select id, name from users; commit",
    { queries: "select name from user_names" },
  ),
  safe(
    "view recreated with grants",
    "begin; drop view user_names; create view user_names as select id, name from users; grant select on user_names to app; commit",
    { queries: "select name from user_names" },
  ),
  safe(
    "extension",
    "create extension pg_trgm; create index concurrently users_trgm on users using gin (name gin_trgm_ops)",
  ),
  safe("missing extension", "create extension vector; alter table users add column e vector(3)"),
  safe("rename constraint", "alter table users rename constraint users_email_key to users_email_unique"),
  hazard("select for update all", "begin; select * from users for update; commit"),
  safe("select for update one", "begin; select * from users where id = 1 for update; commit"),
  safe(
    "sequence options",
    "alter sequence users_id_seq increment by 10 cache 20; alter sequence users_id_seq owned by users.id",
  ),
  safe("new index and order", "create index concurrently orders_u2 on orders (user_id, id)", {
    queries:
      "select id from orders where user_id = $1 order by id limit 10; select * from orders order by id limit 5; select id, status from orders where status = $1 order by id limit 3",
  }),
  safe("new index status", "create index concurrently orders_status on orders (status)", {
    queries: "select id, status from orders where status = $1 order by id limit 3",
  }),
  hazard("drop order index", "drop index concurrently users_created_at", {
    queries: "select id from users order by created_at desc limit 10",
  }),
  hazard("procedure dropped", "drop procedure backfill_batches()", { queries: "call backfill_batches()" }),
  safe("procedure kept", "alter table users add column q int", { queries: "call backfill_at_once()" }),
  hazard(
    "ambiguous function",
    "create function price_of(int) returns numeric language sql as 'select 1.0'; create function price_of(text) returns numeric language sql as 'select 1.0'; drop function price_of(bigint)",
    { queries: "select price_of($1::bigint)" },
  ),
  safe("cascade delete by key", "delete from users where id = 6", {
    schema:
      "alter table orders drop constraint orders_user_id_fkey; alter table orders add foreign key (user_id) references users on delete cascade; alter table kids drop constraint kids_user_id_fkey; alter table kids add foreign key (user_id) references users on delete cascade",
  }),
  hazard("domain check on writes", "alter domain positive add constraint big check (value > 10) not valid", {
    queries: "insert into measured (id, size) values ($1, $2)",
  }),
  safe(
    "enum in new type",
    "create type color as enum ('r', 'g'); alter table users add column color color default 'r'",
  ),
  safe(
    "fk recipe with queries",
    "alter table plain add constraint pf foreign key (id) references users not valid; alter table plain validate constraint pf",
    {
      queries:
        "insert into users (name, email) values ($1, $2); select * from plain where id = $1; insert into plain (id, name) values ($1, $2)",
    },
  ),
  safe(
    "unique recipe with queries",
    "create unique index concurrently t1 on tickets (title); alter table tickets add constraint t1 unique using index t1",
    { queries: "insert into tickets (title) values ($1); select id from tickets where title = $1" },
  ),
  safe("default dropped nullable, unused", "alter table audit alter at drop default", {
    queries: "select what from audit where id = $1",
  }),
  hazard("column type text to int used", "alter table settings alter id type bigint", {
    queries: "select id, key from settings",
    stats: { settings: { rows: 3, bytes: 8192 } },
  }),
  safe("drop not null with queries", "alter table users alter name drop not null", {
    queries: "select name from users where id = $1",
  }),
  safe("comment only", "-- nothing\n"),
  safe("analyze", "analyze users"),
  safe(
    "do nothing guard",
    "do $$ begin if exists (select from pg_roles where rolname = 'nobody_here') then revoke select on users from nobody_here; end if; end $$",
  ),
  safe("grant to a new role", "create role reader; grant select on users to reader"),
  hazard("owner change", "alter table users owner to app2; revoke all on users from app", {
    queries: "select id from users",
  }),
  safe("create view", "create view v as select id, email from users; grant select on v to app"),
  safe(
    "column privileges",
    "revoke select on users from app; grant select (id, name, email) on users to app",
    { queries: "select id, name from users where id = $1" },
  ),
  hazard(
    "column privileges lost",
    "revoke select on users from app; grant select (id, name) on users to app",
    { queries: "select id, email from users where id = $1" },
  ),
  safe("validate existing", "alter table plain validate constraint old", {
    schema: "alter table plain add constraint old check (id > 0) not valid",
  }),
  safe(
    "two dos",
    "do $$ begin perform 1; end $$; do $$ begin create table if not exists zz (id int); end $$",
  ),
  safe(
    "temp table backfill",
    "create temp table t as select id from users where age is null; create index on t (id); update users set age = 0 where id in (select id from t limit 100)",
  ),
  hazard(
    "temp table whole",
    "create temp table t as select id from users; update users set age = 0 from t where t.id = users.id and users.bio is null and users.active",
    {},
  ),
]
