import { hazard, safe } from "../case.ts"

const small = { users: { rows: 120, bytes: 16_384 }, orders: { rows: 300, bytes: 32_768 } }
const large = { users: { rows: 40_000_000, bytes: 9_000_000_000 } }

/** What holds a lock while it works. */
export const lockCases = [
  safe("add a nullable column", "alter table users add column phone text"),
  safe(
    "add a column with a constant default",
    "alter table users add column country text not null default 'nl'",
  ),
  safe(
    "add a column with a stable default",
    "alter table users add column seen_at timestamptz not null default now()",
  ),
  hazard(
    "add a column with a volatile default",
    "alter table users add column token uuid default gen_random_uuid()",
  ),
  hazard(
    "add a column with clock_timestamp()",
    "alter table users add column seen timestamptz default clock_timestamp()",
  ),
  hazard(
    "add a column with a volatile function of PL/pgSQL",
    "alter table users add column t text default volatile_default()",
  ),
  safe(
    "add a column with an SQL function that inlines to a constant",
    "alter table users add column seven int default inlined_default()",
  ),
  hazard("add a serial column", "alter table users add column number bigserial"),
  hazard("add an identity column", "alter table users add column number bigint generated always as identity"),
  hazard(
    "add a stored generated column",
    "alter table users add column lower_name text generated always as (lower(name)) stored",
  ),
  safe(
    "add a virtual generated column",
    "alter table users add column lower_name text generated always as (lower(name)) virtual",
    { from: 18 },
  ),
  hazard("add a column of a domain with a check", "alter table users add column size positive"),
  hazard("add a column with an inline check", "alter table users add column size int check (size > 0)"),
  safe(
    "add the column, then the check without validating",
    "alter table users add column size int; alter table users add constraint size_positive check (size > 0) not valid",
  ),
  safe(
    "add a nullable column with an inline reference",
    "alter table orders add column kid_id int references kids",
  ),
  hazard(
    "add a referencing column with a default",
    "alter table orders add column kid_id int default 1 references kids",
  ),
  hazard("add a column with an inline unique constraint", "alter table users add column handle text unique"),
  hazard("create an index", "create index users_age on users (age)"),
  safe("create an index concurrently", "create index concurrently users_age on users (age)"),
  safe(
    "create an index on a table of the same script",
    "create table new_things (id bigint, at timestamptz); create index new_things_at on new_things (at)",
  ),
  safe("create an index on a table that is small", "create index users_age on users (age)", { stats: small }),
  hazard("create an index on a table that is large", "create index users_age on users (age)", {
    stats: large,
  }),
  hazard("create a unique index", "create unique index orders_key on orders (user_id, id)"),
  safe(
    "create a unique index concurrently",
    "create unique index concurrently orders_key on orders (user_id, id)",
  ),
  hazard("create an index on a partitioned table", "create index parted_v on parted (v)"),
  safe("create the index on the parent only", "create index parted_v on only parted (v)"),
  safe(
    "index of each partition concurrently, then attach",
    "create index parted_v on only parted (v); create index concurrently p2024_v on p2024 (v); alter index parted_v attach partition p2024_v",
  ),
  safe("drop an index concurrently", "drop index concurrently users_created_at"),
  hazard("reindex an index", "reindex index users_name"),
  hazard("reindex a table", "reindex table users"),
  safe("reindex concurrently", "reindex index concurrently users_name"),
  safe("reindex a table concurrently", "reindex table concurrently users"),
  hazard(
    "add a foreign key",
    "alter table plain add constraint plain_user foreign key (id) references users",
  ),
  safe(
    "add a foreign key without validating",
    "alter table plain add constraint plain_user foreign key (id) references users not valid",
  ),
  safe(
    "add a foreign key, validate it in a transaction of its own",
    "alter table plain add constraint plain_user foreign key (id) references users not valid; alter table plain validate constraint plain_user",
  ),
  hazard(
    "add and validate a foreign key in one transaction",
    "begin; alter table plain add constraint plain_user foreign key (id) references users not valid; alter table plain validate constraint plain_user; commit",
  ),
  hazard("add a check", "alter table users add constraint age_positive check (age > 0)"),
  safe(
    "add a check without validating",
    "alter table users add constraint age_positive check (age > 0) not valid",
  ),
  safe(
    "add and validate a check in two transactions",
    "alter table users add constraint age_positive check (age > 0) not valid; alter table users validate constraint age_positive",
  ),
  hazard(
    "add and validate a check in one transaction",
    "begin; alter table users add constraint age_positive check (age > 0) not valid; alter table users validate constraint age_positive; commit",
  ),
  safe(
    "add a check that is not enforced",
    "alter table users add constraint age_positive check (age > 0) not enforced",
    { from: 18 },
  ),
  hazard("set not null", "alter table users alter age set not null"),
  safe("set not null where a validated check says so", "alter table orders alter amount set not null"),
  safe(
    "set not null by way of a check",
    "alter table users add constraint c check (age is not null) not valid; alter table users validate constraint c; alter table users alter age set not null; alter table users drop constraint c",
  ),
  hazard(
    "set not null where the check is not validated",
    "alter table users add constraint c check (age is not null) not valid; alter table users alter age set not null",
  ),
  hazard(
    "set not null where the check is on another column",
    "alter table orders alter discount set not null",
    { schema: "update orders set discount = 0" },
  ),
  hazard(
    "set not null where the check has an or",
    "alter table users add constraint c check (age is not null or bio is not null) not valid; alter table users validate constraint c; alter table users alter age set not null",
  ),
  safe(
    "add not null without validating",
    "alter table users add constraint nn not null age not valid; alter table users validate constraint nn",
    { from: 18 },
  ),
  hazard(
    "set not null over one that is not validated",
    "alter table users add constraint nn not null age not valid; alter table users alter age set not null",
    { from: 18 },
  ),
  safe("drop not null", "alter table users alter name drop not null"),
  hazard("add a unique constraint", "alter table tickets add constraint tickets_title unique (title)"),
  safe(
    "unique index concurrently, then the constraint from it",
    "create unique index concurrently tickets_title on tickets (title); alter table tickets add constraint tickets_title unique using index tickets_title",
  ),
  hazard("add a primary key", "alter table plain add primary key (id)"),
  hazard(
    "primary key from an index on a nullable column",
    "create unique index concurrently plain_id on plain (id); alter table plain add primary key using index plain_id",
  ),
  safe(
    "primary key from an index, not null by a check first",
    "alter table plain add constraint nn check (id is not null) not valid; alter table plain validate constraint nn; alter table plain alter id set not null; create unique index concurrently plain_id on plain (id); alter table plain add primary key using index plain_id",
  ),
  hazard(
    "add an exclusion constraint",
    "alter table plain add constraint ex exclude using btree (id with =)",
  ),
  hazard("type from int to bigint", "alter table users alter age type bigint"),
  hazard("type from int to bigint on a table that is large", "alter table users alter age type bigint", {
    stats: large,
  }),
  safe("type from int to bigint on a table that is small", "alter table settings alter id type bigint", {
    stats: { settings: { rows: 20, bytes: 8192 } },
  }),
  hazard("type from text to varchar(n)", "alter table users alter bio type varchar(200)"),
  hazard("a shorter varchar", "alter table users alter name type varchar(40)", {
    schema: "drop view user_names",
  }),
  safe("a longer varchar", "alter table users alter name type varchar(100)", {
    schema: "drop view user_names",
  }),
  safe("varchar to text", "alter table users alter name type text", { schema: "drop view user_names" }),
  safe("text to varchar without a length", "alter table users alter bio type varchar"),
  safe("a numeric of more digits", "alter table users alter score type numeric(12, 2)"),
  safe("numeric without limits", "alter table users alter score type numeric"),
  hazard("a numeric of another scale", "alter table users alter score type numeric(12, 4)"),
  safe("cidr to inet", "alter table users alter ip type inet"),
  hazard("char(n) to text", "alter table users alter code type text"),
  hazard("json to jsonb", "alter table users alter tags type jsonb"),
  hazard("enum to text", "alter table users alter mood drop default; alter table users alter mood type text"),
  hazard(
    "timestamp to timestamptz with an index",
    "set timezone = 'UTC'; alter table users alter created_at type timestamptz",
  ),
  safe(
    "timestamp to timestamptz in UTC without an index",
    "set timezone = 'UTC'; alter table plain alter happened type timestamptz",
  ),
  hazard(
    "timestamp to timestamptz in another zone",
    "set timezone = 'Europe/Paris'; alter table plain alter happened type timestamptz",
  ),
  hazard("another collation of an indexed column", 'alter table settings alter key type text collate "C"', {
    schema: "create index settings_key on settings (key)",
  }),
  hazard("type of a column that a view uses", "alter table users alter name type text"),
  safe(
    "attach a partition whose check proves its rows",
    "alter table parted attach partition p2026ck for values from ('2026-01-01') to ('2027-01-01')",
  ),
  hazard(
    "attach a partition that has to be scanned",
    "alter table parted attach partition p2026 for values from ('2026-01-01') to ('2027-01-01')",
  ),
  safe(
    "attach a table of the same script",
    "create table p2027 (like parted); alter table parted attach partition p2027 for values from ('2027-01-01') to ('2028-01-01')",
  ),
  hazard(
    "attach a partition beside a default partition",
    "alter table defparted attach partition defparted_2026 for values from ('2026-01-01') to ('2027-01-01')",
  ),
  hazard(
    "create a partition beside a default partition",
    "create table d2027 partition of defparted for values from ('2027-01-01') to ('2028-01-01')",
  ),
  safe("detach a partition concurrently", "alter table parted detach partition p2024 concurrently"),
  safe(
    "create a trigger",
    "create trigger t before insert on orders for each row execute function orders_audit()",
  ),
  safe("drop a trigger", "drop trigger orders_audit on orders"),
  safe(
    "a table with a foreign key to one that serves",
    "create table invoices (id bigserial primary key, user_id bigint references users)",
  ),
  safe("drop a foreign key", "alter table kids drop constraint kids_user_id_fkey"),
  hazard("vacuum full", "vacuum full orders"),
  safe("vacuum", "vacuum orders"),
  hazard("cluster", "cluster orders using orders_pkey"),
  hazard("set unlogged", "alter table audit set unlogged"),
  safe("set fillfactor", "alter table users set (fillfactor = 80)"),
  safe("set statistics", "alter table users alter name set statistics 500"),
  hazard("refresh a materialized view", "refresh materialized view order_totals"),
  safe("refresh a materialized view concurrently", "refresh materialized view concurrently order_totals"),
  safe(
    "create a materialized view",
    "create materialized view m as select user_id, count(*) from orders group by 1",
  ),
  hazard(
    "a constraint on a domain in use",
    "alter domain positive add constraint limited check (value < 1000)",
  ),
  safe(
    "a constraint on a domain, not validated",
    "alter domain positive add constraint limited check (value < 1000) not valid",
  ),
  hazard(
    "validate a constraint of a domain",
    "alter domain positive add constraint limited check (value < 1000) not valid; alter domain positive validate constraint limited",
  ),
  safe(
    "a constraint on a domain that nothing uses",
    "create domain unused as int; alter domain unused add constraint limited check (value < 1000)",
  ),
  hazard("another expression of a stored column", "alter table g alter b set expression as (a * 3)", {
    from: 17,
    schema: "create table g (a int, b int generated always as (a * 2) stored)",
  }),
  safe("drop an expression", "alter table g alter b drop expression", {
    schema: "create table g (a int, b int generated always as (a * 2) stored)",
  }),
  safe(
    "comment, grant and statistics",
    "comment on table users is 'people'; grant select on users to app; create statistics s on name, age from users",
  ),
  safe("a new enum label", "alter type mood add value 'neutral'"),
  safe("rename an index", "alter index users_name rename to users_by_name"),
  safe("replica identity", "alter table users replica identity full"),
  hazard("an index hidden in a DO block", "do $$ begin create index hidden on orders (total); end $$"),
  hazard(
    "a type change hidden in EXECUTE",
    "do $$ begin execute 'alter table orders alter discount type bigint'; end $$",
  ),
  safe(
    "a DO block that adds a column",
    "do $$ begin if not exists (select from information_schema.columns where table_name = 'users' and column_name = 'x') then alter table users add column x int; end if; end $$",
  ),
  hazard(
    "a check hidden in a function",
    "create function change() returns void language plpgsql as $$ begin alter table users add constraint k check (age < 200); end $$; select change()",
  ),
  hazard(
    "what an event trigger does",
    "create function et() returns event_trigger language plpgsql as $$ begin if tg_tag = 'COMMENT' then create index et_index on orders (note); end if; end $$; create event trigger et on ddl_command_end when tag in ('COMMENT') execute function et(); comment on table plain is 'x'; drop event trigger et",
  ),
  hazard(
    "a concurrent build of what cannot be built",
    "create unique index concurrently bad on users (active)",
  ),
]
