import { hazard as hazardOn, type SafetyCase, safe as safeOn } from "../case.ts"

/** What the application of the second database issues in every case; a case may add to it. */
const application = `
select id, slug, name, plan from accounts where slug = $1;
insert into accounts (slug, name) values ($1, $2) on conflict (slug) do update set name = excluded.name;
update accounts set name = $1 where id = $2;
select id, email, visits from people where lower(email) = lower($1);
insert into people (email, nick) values ($1, $2) returning id;
select account_id, role from members where person_id = $1;
insert into members (account_id, person_id, role) values ($1, $2, $3);
select id, number, state, total from billing.invoices where account_id = $1;
insert into billing.invoices (account_id, number) values ($1, $2);
select amount, quantity from billing.lines where invoice_id = $1;
insert into jobs (queue, payload) values ($1, $2);
update jobs set locked_by = $1, attempts = attempts + 1 where id = $2;
select id, queue from jobs where run_at < now() and not done order by run_at limit 10;
select id, body from messages where region = $1 and id = $2;
select at, value from metrics where account_id = $1 and at >= $2;
select id, title from documents where account_id = $1;
select value from cache where key = $1;
select code, name from countries;
select * from feature_flags where name = $1;
select id, name from active_accounts where id = $1;
select total from revenue where account_id = $1;
select seats from seats_by_plan where plan = $1;
select "Id", "Name", "Qty" from "Legacy"."Order Items" where "Id" = $1;
insert into devices (label) values ($1) returning id;
select kind from raw_events where id = $1;
select line from log_base where id = $1`

type Facts = Omit<SafetyCase, "name" | "sql" | "hazard" | "base">

function facts({ queries, ...rest }: Facts) {
  return {
    ...rest,
    base: "schema-saas.sql" as const,
    queries: queries === undefined ? application : `${application};\n${queries}`,
  }
}

function safe(name: string, sql: string, more: Facts = {}): SafetyCase {
  return safeOn(name, sql, facts(more))
}

function hazard(name: string, sql: string, more: Facts = {}): SafetyCase {
  return hazardOn(name, sql, facts(more))
}

const small = { rows: 200, bytes: 65_536 }
const large = { rows: 80_000_000, bytes: 20_000_000_000 }

export const saasCases: readonly SafetyCase[] = [
  hazard(
    "check in another schema",
    "alter table billing.invoices add constraint memo_short check (length(memo) < 150)",
  ),
  safe(
    "check in another schema, in two steps",
    "alter table billing.invoices add constraint issued_late check (issued_on > '2000-01-01') not valid; alter table billing.invoices validate constraint issued_late",
  ),
  hazard(
    "foreign key to a table of another type",
    "alter table members add foreign key (invited_by) references people",
  ),
  safe(
    "foreign key in two steps",
    "alter table members add constraint members_inviter foreign key (invited_by) references people not valid; alter table members validate constraint members_inviter",
  ),
  hazard(
    "foreign key in two steps, one transaction",
    "begin; alter table members add constraint members_inviter foreign key (invited_by) references people not valid; alter table members validate constraint members_inviter; commit",
  ),
  hazard("index on a partitioned table with a default", "create index messages_body on messages (body)"),
  safe(
    "index on a partitioned table, a partition at a time",
    "create index messages_id on only messages (id); create index concurrently messages_eu_id on messages_eu (id); alter index messages_id attach partition messages_eu_id; create index concurrently messages_us_id on messages_us (id); alter index messages_id attach partition messages_us_id; create index concurrently messages_other_id on messages_other (id); alter index messages_id attach partition messages_other_id",
  ),
  hazard(
    "unique index on two columns",
    "create unique index members_pair on members (person_id, account_id)",
  ),
  safe(
    "unique index on what is unique already",
    "create unique index concurrently members_pair on members (person_id, account_id)",
  ),
  hazard(
    "concurrently within a transaction",
    "begin; create index concurrently jobs_queue on jobs (queue); commit",
  ),
  hazard("smallint to int", "alter table accounts alter seats type int"),
  safe(
    "longer varchar under a unique constraint",
    "alter table billing.invoices alter memo type varchar(500)",
  ),
  hazard("shorter varchar under a unique constraint", "alter table accounts alter slug type varchar(20)"),
  safe("varchar to text with an index", "alter table people alter nick type text"),
  hazard("more digits after the point", "alter table accounts alter credit type numeric(8, 3)"),
  safe("more digits before the point", "alter table accounts alter credit type numeric(10, 2)"),
  hazard(
    "timestamp read as local time",
    "set timezone = 'Europe/Berlin'; alter table people alter last_seen type timestamptz",
  ),
  safe("timestamp read as UTC", "set timezone = 'UTC'; alter table people alter last_seen type timestamptz"),
  hazard("collation of an indexed column", 'alter table people alter nick type varchar(30) collate "C"'),
  hazard("set not null on a filled column", "alter table people alter birth set not null"),
  safe(
    "set not null by way of a check",
    "alter table jobs add constraint done_given check (done is not null) not valid; alter table jobs validate constraint done_given; alter table jobs alter done set not null; alter table jobs drop constraint done_given",
  ),
  hazard(
    "set not null by way of a check, in one transaction",
    "begin; alter table jobs add constraint done_given check (done is not null) not valid; alter table jobs validate constraint done_given; alter table jobs alter done set not null; alter table jobs drop constraint done_given; commit",
  ),
  hazard(
    "set not null over a check that is not validated",
    "alter table jobs add constraint done_given check (done is not null) not valid; alter table jobs alter done set not null",
  ),
  hazard(
    "set not null where a writer leaves it out",
    "alter table jobs add constraint locker check (locked_by is not null) not valid; alter table jobs alter locked_by set not null",
  ),
  hazard(
    "default of the clock",
    "alter table jobs add column touched timestamptz not null default clock_timestamp()",
  ),
  safe(
    "default of the statement's start",
    "alter table jobs add column touched timestamptz not null default statement_timestamp()",
  ),
  hazard("default random", "alter table members add column dice double precision default random()"),
  safe(
    "uuid default for new rows only",
    "alter table members add column key uuid; alter table members alter key set default gen_random_uuid()",
  ),
  hazard("column of a checked domain", "alter table people add column second_email email_address"),
  safe("column of a domain without check", "alter table people add column balance cents default 0 not null"),
  hazard(
    "stored generated column",
    "alter table billing.invoices add column gross bigint generated always as ((total * 119)::bigint) stored",
  ),
  safe(
    "virtual generated column",
    "alter table billing.invoices add column gross numeric generated always as (total * 1.19) virtual",
    { from: 18 },
  ),
  hazard("vacuum full", "vacuum (full, analyze) accounts"),
  safe("vacuum and analyze", "vacuum (analyze) accounts"),
  hazard("reindex of a schema", "reindex schema billing"),
  safe("reindex concurrently", "reindex table concurrently jobs"),
  hazard("refresh that readers wait for", "refresh materialized view revenue"),
  safe("refresh that readers do not notice", "refresh materialized view concurrently seats_by_plan"),
  hazard("refresh concurrently without a unique index", "refresh materialized view concurrently revenue"),
  hazard(
    "attach a filled table",
    "alter table metrics attach partition metrics_q3 for values from ('2025-07-01') to ('2025-10-01')",
  ),
  safe(
    "attach a filled table that is known to fit",
    "alter table metrics_q3 add constraint fits check (at >= '2025-07-01' and at < '2025-10-01') not valid; alter table metrics_q3 validate constraint fits; alter table metrics attach partition metrics_q3 for values from ('2025-07-01') to ('2025-10-01'); alter table metrics_q3 drop constraint fits",
  ),
  hazard(
    "new partition beside a filled default",
    "create table messages_ap partition of messages for values in ('ap')",
  ),
  safe(
    "new partition that the default is known not to hold",
    "alter table messages_other add constraint not_ap check (region <> 'ap') not valid; alter table messages_other validate constraint not_ap; create table messages_ap (like messages including all); alter table messages attach partition messages_ap for values in ('ap'); grant all on messages_ap to app",
  ),
  safe(
    "new partition without a default",
    "create table metrics_q4 (like metrics); alter table metrics attach partition metrics_q4 for values from ('2025-10-01') to ('2026-01-01')",
  ),
  hazard("truncate a served table", "truncate jobs"),
  safe(
    "truncate a table of the same script",
    "create table tmp_jobs (id int); insert into tmp_jobs values (1); truncate tmp_jobs",
  ),
  hazard("delete what is done", "delete from jobs where done or not done"),
  safe(
    "delete a batch of what is done",
    "delete from jobs where id in (select id from jobs where done limit 500)",
  ),
  hazard("update with a condition that always holds", "update accounts set settings = '{}' where 1 = 1"),
  hazard("update of whatever has a key", "update people set score = 0 where id is not null"),
  safe("update of one by its key", "update accounts set plan = 'team' where id = 42"),
  safe("update of one by its unique name", "update accounts set plan = 'team' where slug = 'acme'"),
  safe("update of a small table", "update countries set phone = '+' || phone", {
    stats: { countries: small },
  }),
  hazard("update of a large table", "update countries set phone = '+' || phone", {
    stats: { countries: large },
  }),
  safe("index on a small table", "create index countries_name on countries (name)", {
    stats: { countries: small },
  }),
  hazard("index on a large table", "create index countries_name on countries (name)", {
    stats: { countries: large },
  }),
  safe("type change on a small table", "alter table countries alter phone type varchar(30)", {
    stats: { countries: small },
  }),
  safe("nullable column on a large table", "alter table accounts add column vat_id text", {
    stats: { accounts: large },
  }),
  hazard(
    "small table next to a large one",
    "alter table feature_flags add column owner_id bigint; alter table members add foreign key (invited_by) references people",
    { stats: { feature_flags: small, members: large, people: large } },
  ),
  hazard(
    "loop in one transaction",
    "do $$ declare n int; begin loop update people set score = 1 where id in (select id from people where score is null limit 1000); get diagnostics n = row_count; exit when n = 0; end loop; end $$",
  ),
  safe(
    "loop with commits",
    "do $$ declare n int; begin loop update people set score = 1 where id in (select id from people where score is null limit 1000); get diagnostics n = row_count; commit; exit when n = 0; end loop; end $$",
  ),
  hazard(
    "index built in a block",
    "do $$ begin execute format('create index %I on %I (queue)', 'jobs_queue', 'jobs'); end $$",
  ),
  safe(
    "column added in a block",
    "do $$ begin if not exists (select from pg_attribute where attrelid = 'jobs'::regclass and attname = 'note') then alter table jobs add column note text; end if; end $$",
  ),
  hazard(
    "backfill in a procedure",
    "create procedure fill() language plpgsql as $$ begin update people set score = 0; end $$; call fill()",
  ),
  safe(
    "procedure that is only made",
    "create procedure fill() language plpgsql as $$ begin update people set score = 0; end $$",
  ),
  hazard(
    "lock held while waiting",
    "begin; lock table accounts in share mode; select pg_sleep(0.01); update accounts set region = 'us'; commit",
  ),
  safe("lock that blocks nobody", "begin; lock table accounts in access share mode; commit"),
  hazard("set logged", "alter table scratchpad set logged"),
  hazard("set unlogged", "alter table jobs set unlogged"),
  safe(
    "settings of a table",
    "alter table jobs set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02); alter table jobs alter queue set statistics 500",
  ),
  hazard(
    "check on a domain",
    "alter domain email_address add constraint lower_case check (value = lower(value))",
  ),
  safe(
    "check on a domain, unvalidated",
    "alter domain email_address add constraint not_long check (length(value) < 300) not valid",
  ),
  hazard("validation of a domain's check", "alter domain email_address validate constraint not_long", {
    schema: "alter domain email_address add constraint not_long check (length(value) < 300) not valid",
  }),
  hazard(
    "backfill under the lock of the column",
    "begin; alter table people add column display text; update people set display = nick; commit",
  ),
  safe(
    "column first, batch later",
    "alter table people add column display text; update people set display = nick where id between 1 and 1000",
  ),
  hazard(
    "primary key over a nullable column",
    "create unique index concurrently raw_events_key on raw_events (id); alter table raw_events add constraint raw_events_pkey primary key using index raw_events_key",
  ),
  safe(
    "unique constraint by an index",
    "create unique index concurrently people_token on people (token); alter table people add constraint people_token_key unique using index people_token",
  ),
  hazard("unique constraint at once", "alter table people add unique (token)"),
  hazard("exclusion constraint", "alter table bookings add exclude using gist (during with &&)"),
  hazard("quoted names, rewrite", 'alter table "Legacy"."Order Items" alter "Qty" type bigint'),
  safe("quoted names, new column", 'alter table "Legacy"."Order Items" add "Foot Note" text'),
  hazard("quoted names, dropped column", 'alter table "Legacy"."Order Items" drop "orderRef"', {
    queries: 'update "Legacy"."Order Items" set "orderRef" = $1 where "Id" = $2',
  }),
  safe(
    "quoted names, dropped column that nobody reads",
    'alter table "Legacy"."Order Items" drop "orderRef"',
  ),
  hazard("rewrite of heirs", "alter table log_base add column key uuid default gen_random_uuid()"),
  safe("column for heirs", "alter table log_base add column level int default 3"),
  hazard(
    "trigger that refuses",
    "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'read only'; end $$; create trigger refuse before insert on devices for each row execute function refuse()",
  ),
  safe(
    "trigger that fills in",
    "create function seen() returns trigger language plpgsql as $$ begin new.seen := now(); return new; end $$; create trigger seen before insert on devices for each row execute function seen()",
  ),
  safe(
    "statistics and comments",
    "create statistics accounts_stats on region, plan from accounts; comment on table accounts is 'who pays'; analyze accounts",
  ),
  hazard(
    "new child filled under its parent's lock",
    "begin; create table tallies (account_id bigint references accounts); insert into tallies select id from accounts; commit",
  ),
  safe(
    "new child filled afterwards",
    "create table tallies (account_id bigint references accounts); insert into tallies select id from accounts",
  ),
  safe("copy of a table", "create table people_copy as select * from people"),
  hazard("all triggers off", "alter table billing.lines disable trigger all"),
  hazard(
    "triggers of the session off",
    "set session_replication_role = replica; delete from people where id = 5",
  ),
  hazard("row security without a policy", "alter table accounts enable row level security"),
  safe(
    "row security with an open policy",
    "create policy everybody on accounts using (true); alter table accounts enable row level security",
  ),
  hazard("the only policy dropped", "drop policy tenant on documents"),
  safe(
    "a policy replaced",
    "begin; drop policy tenant on documents; create policy tenant on documents using (account_id = coalesce(nullif(current_setting('app.account', true), ''), '1')::bigint); commit",
  ),
  safe("row security for the owner too", "alter table documents force row level security"),
  hazard(
    "restrictive policy that lets nothing pass",
    "create policy narrow on documents as restrictive using (title is null)",
  ),
  hazard("revoked from the application", "revoke select on cache from app"),
  safe("revoked from another role", "revoke select on accounts from reporting"),
  safe("revoked what is not used", "revoke delete on accounts from app"),
  hazard("revoked with the schema", "revoke usage on schema billing from app"),
  safe("new owner", "alter table jobs owner to reporting"),
  hazard("schema renamed", "alter schema billing rename to finance"),
  hazard("moved to another schema", "alter table cache set schema billing"),
  safe(
    "moved, with a view in its place",
    "begin; alter table cache set schema billing; create view cache as select * from billing.cache; grant select on cache to app; commit",
  ),
  hazard(
    "renamed, with a view nobody may read",
    "begin; alter table cache rename to cached; create view cache as select * from cached; commit",
  ),
  safe(
    "renamed, with a view to write through",
    "begin; alter table people rename to persons; create view people as select * from persons; grant select, insert, update, delete on people to app; commit",
  ),
  hazard("enum value renamed", "alter type plan rename value 'team' to 'business'", {
    queries: "update accounts set plan = 'team' where id = $1",
  }),
  hazard(
    "enum value renamed that a parameter may be",
    "alter type billing.invoice_state rename value 'void' to 'voided'",
    {
      queries: "update billing.invoices set state = $1 where id = $2",
    },
  ),
  safe("enum value added", "alter type plan add value 'trial' before 'team'"),
  hazard(
    "enum value used at once",
    "begin; alter type plan add value 'pro'; update accounts set plan = 'pro' where id = 1; commit",
  ),
  safe(
    "enum value used later",
    "alter type plan add value 'pro'; update accounts set plan = 'pro' where id = 1",
  ),
  hazard("enum type renamed", "alter type plan rename to account_plan", {
    queries: "update accounts set plan = $1::plan where id = $2",
  }),
  hazard("function dropped", "drop function account_name(bigint)", { queries: "select account_name($1)" }),
  safe("function dropped that nobody calls", "drop function unused_function()"),
  hazard(
    "function answers another type",
    "drop function account_name(bigint); create function account_name(bigint) returns json language sql stable as 'select to_json(name) from accounts where id = $1'",
    {
      queries: "select account_name($1)",
    },
  ),
  hazard("function no longer public", "revoke execute on function account_name(bigint) from public", {
    queries: "select account_name($1)",
  }),
  hazard("column dropped with its view", "alter table accounts drop column archived cascade"),
  safe("column dropped that nobody reads", "alter table accounts drop column trial_ends"),
  hazard("column dropped that is written", "alter table jobs drop column payload"),
  hazard(
    "view loses a column",
    "create or replace view active_accounts as select id, slug from accounts where not archived",
  ),
  safe(
    "view gains a column",
    "create or replace view active_accounts as select id, slug, name, plan from accounts where not archived",
  ),
  hazard(
    "view shows other rows",
    "create or replace view active_accounts as select id, slug, name from accounts where archived",
  ),
  hazard("column under a star", "alter table feature_flags add column note text"),
  hazard("column under insert from a star", "alter table raw_events add column source text", {
    schema: "create table raw_archive (like raw_events); grant all on raw_archive to app",
    queries: "insert into raw_archive select * from raw_events where id = $1",
  }),
  safe("column under a positional insert", "alter table countries add column population bigint", {
    queries: "insert into countries values ($1, $2, $3)",
  }),
  hazard("column dropped under a positional insert", "alter table countries drop column phone", {
    queries: "insert into countries values ($1, $2, $3)",
  }),
  hazard("required column", "alter table people add column locale text not null"),
  hazard(
    "required column on a table that is empty",
    "alter table bookings_empty add column locale text not null",
    {
      schema:
        "create table bookings_empty (id bigserial primary key, room int); grant all on bookings_empty, bookings_empty_id_seq to app",
      queries: "insert into bookings_empty (room) values ($1)",
    },
  ),
  safe("required column with a default", "alter table people add column locale text not null default 'en'"),
  hazard(
    "default dropped that writers rely on",
    "alter table members alter role drop default; alter table jobs alter run_at drop default",
  ),
  safe("default dropped that writers give", "alter table members alter role drop default"),
  hazard(
    "one invoice to an account",
    "create unique index concurrently invoices_one on billing.invoices (account_id)",
  ),
  hazard(
    "check that writers may fail",
    "alter table members add constraint known_role check (role in ('viewer', 'editor')) not valid",
  ),
  hazard(
    "foreign key in the way of deletes",
    "alter table members add constraint members_inviter foreign key (invited_by) references people not valid",
    {
      queries: "delete from people where id = $1",
    },
  ),
  hazard("json to jsonb", "alter table jobs alter payload type jsonb"),
  hazard("unique index of an upsert dropped", "alter table accounts drop constraint accounts_slug_key"),
  hazard("index dropped that a query needs", "drop index concurrently members_person"),
  safe("index dropped that no query needs", "drop index concurrently accounts_name_lower"),
  safe(
    "index replaced by a longer one",
    "create index concurrently members_person_joined on members (person_id, joined); drop index concurrently members_person",
  ),
  hazard("identity given by the server only", "alter table devices alter id set generated always", {
    queries: "insert into devices (id, label) values ($1, $2)",
  }),
  safe(
    "identity given by the server only, and nobody gives it",
    "alter table devices alter id set generated always",
  ),
  safe("not null dropped where nobody reads", "alter table accounts alter region drop not null"),
  hazard("transaction left open", "begin; alter table accounts add column vat_id text"),
  safe("transaction closed", "begin; alter table accounts add column vat_id text; commit"),
  hazard(
    "set local without a transaction",
    "set local lock_timeout = '2s'; alter table accounts add column vat_id text",
  ),
  safe(
    "set local in a transaction",
    "begin; set local lock_timeout = '2s'; alter table accounts add column vat_id text; commit",
  ),
  hazard(
    "short statement timeout on a concurrent build",
    "set statement_timeout = '5s'; create index concurrently jobs_queue on jobs (queue)",
  ),
  hazard(
    "short lock timeout on a concurrent build",
    "set lock_timeout = '500ms'; create index concurrently jobs_queue on jobs (queue)",
  ),
  safe(
    "no timeout on a concurrent build",
    "set statement_timeout = 0; set lock_timeout = 0; create index concurrently jobs_queue on jobs (queue)",
  ),
  hazard("sequence starts over", "alter sequence people_id_seq restart with 1"),
  safe("sequence moved ahead", "select setval('people_id_seq', (select max(id) from people))"),
  hazard("sequence renamed", "alter sequence billing.invoice_number rename to invoice_no", {
    queries: "select nextval('billing.invoice_number')",
  }),
  hazard("published table without identity", "create publication feed for table raw_events", {
    queries: "update raw_events set kind = $1 where id = $2",
  }),
  safe("published table with a key", "create publication feed for table accounts"),
  hazard("type of a column under a view", "alter table accounts alter name type varchar(100)"),
  hazard("served table dropped", "drop table cache"),
  safe("table dropped that nobody reads", "drop table old_imports"),
  hazard("table dropped that a trigger writes", "drop table account_log"),
  hazard("column dropped that a function's body uses", "alter table people drop column visits"),
  hazard("column dropped that only a function's body uses", "alter table people drop column score", {
    schema:
      "create function rate(person int) returns void language plpgsql as $$ begin update people set score = 1 where id = person; end $$",
    queries: "select rate($1)",
  }),
  hazard(
    "trigger function sets a column that is not there",
    "create or replace function accounts_touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$",
  ),
  safe(
    "trigger function does the same",
    "create or replace function accounts_touch() returns trigger language plpgsql as $$ begin insert into account_log (account_id) select new.id; return new; end $$",
  ),
  safe(
    "constraint and index renamed",
    "alter table accounts rename constraint accounts_seats_positive to seats_positive; alter index accounts_region rename to accounts_by_region",
  ),
  safe("check dropped", "alter table accounts drop constraint accounts_seats_positive"),
  hazard("rule in place of an insert", "create rule quiet as on insert to devices do instead nothing"),
  hazard(
    "column becomes generated",
    "alter table jobs drop column attempts; alter table jobs add column attempts int generated always as (1) stored",
  ),
  safe(
    "not null of 18",
    "alter table jobs add constraint done_given not null done not valid; alter table jobs validate constraint done_given",
    { from: 18 },
  ),
  hazard(
    "set not null over one not validated",
    "alter table jobs add constraint done_given not null done not valid; alter table jobs alter done set not null",
    { from: 18 },
  ),
  hazard("search path of the application", "alter role app set search_path = billing"),
  hazard("schema dropped with everything", 'drop schema "Legacy" cascade'),
  hazard(
    "merge into every row",
    "merge into people p using members m on p.id = m.person_id when matched then update set visits = 0",
  ),
  hazard(
    "update in a with query",
    "with reset as (update jobs set attempts = 0 returning 1) select count(*) from reset",
  ),
  hazard(
    "update by a join",
    "update billing.invoices i set memo = a.name from accounts a where a.id = i.account_id",
  ),
  safe(
    "update by a join of one account",
    "update billing.invoices i set memo = a.name from accounts a where a.id = i.account_id and a.id = 7",
  ),
  safe(
    "nullable reference to itself",
    "alter table accounts add column parent_id bigint references accounts",
  ),
  hazard(
    "reference with a default",
    "alter table jobs add column account_id bigint default 1 references accounts",
  ),
  hazard(
    "column with its check",
    "alter table jobs add column priority int check (priority between 0 and 9)",
  ),
  hazard("column that is unique", "alter table jobs add column key text unique"),
  safe("column of an array", "alter table jobs add column tags text[] not null default '{}'"),
  hazard(
    "rewrite behind a harmless part",
    "alter table jobs add column note text, alter column attempts type bigint",
  ),
  hazard(
    "volatile column on partitions",
    "alter table messages add column key uuid default gen_random_uuid()",
  ),
  safe(
    "constant column on partitions",
    "alter table messages add column seen boolean not null default false",
  ),
  hazard(
    "foreign key on partitions, unvalidated",
    "alter table metrics add foreign key (account_id) references accounts not valid",
    { to: 17 },
  ),
  safe(
    "foreign key on partitions, unvalidated, of 18",
    "alter table metrics add foreign key (account_id) references accounts not valid",
    { from: 18 },
  ),
  hazard("concurrent index on partitions", "create index concurrently messages_body on messages (body)"),
  safe(
    "temporary table",
    "create temp table t as select id from people; create index on t (id); drop table t",
  ),
  hazard(
    "materialized view rebuilt in place",
    "begin; drop materialized view revenue; create materialized view revenue as select account_id, sum(total) as total from billing.invoices group by account_id; grant select on revenue to app; commit",
  ),
  safe(
    "materialized view rebuilt beside",
    "create materialized view revenue_new as select account_id, sum(total) as total from billing.invoices group by account_id; grant select on revenue_new to app; begin; drop materialized view revenue; alter materialized view revenue_new rename to revenue; commit",
  ),
  hazard(
    "validation behind a new column",
    "begin; alter table accounts add column vat_id text; alter table accounts validate constraint named; commit",
    {
      schema: "alter table accounts add constraint named check (region <> '') not valid",
    },
  ),
  safe(
    "validation in front of a new column",
    "begin; alter table accounts validate constraint named; alter table accounts add column vat_id text; commit",
    {
      schema: "alter table accounts add constraint named check (region <> '') not valid",
    },
  ),
  hazard(
    "copy behind a lock",
    "begin; alter table people add column z int; create table people_copy as select * from people; commit",
  ),
  safe(
    "copy in front of a lock",
    "begin; create table people_copy as select * from people; alter table people add column z int; commit",
  ),
  hazard(
    "backfill without its trigger",
    "begin; alter table accounts disable trigger accounts_touch; update accounts set region = 'us' where region = 'eu'; alter table accounts enable trigger accounts_touch; commit",
  ),
  safe(
    "grants",
    "grant select on people to reporting; alter default privileges in schema billing grant select on tables to reporting",
  ),
  safe(
    "settings of a function",
    "alter function account_name(bigint) set search_path = public; alter function bump_visits(int) security invoker",
  ),
  safe("storage of a column", "alter table people alter bio set storage external"),
  safe("sequence caches", "alter sequence billing.invoice_number cache 50"),
]
