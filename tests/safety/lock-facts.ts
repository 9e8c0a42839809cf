/** One statement of the table of locks: what it is called there, and its SQL on the tables of lock-facts.sql. */
export interface LockCase {
  readonly name: string
  readonly sql: string
  /** Settings that the session has meanwhile. */
  readonly settings?: string
  /** It runs in a database of its own, because no transaction can take it back or may hold what stands before it. */
  readonly alone?: true
  /** Runs before, committed; only where it runs alone. */
  readonly before?: string
}

const of = (name: string, sql: string, settings?: string): LockCase => ({
  name,
  sql,
  ...(settings === undefined ? {} : { settings }),
})
const alone = (name: string, sql: string, before?: string): LockCase => ({
  name,
  sql,
  alone: true,
  ...(before === undefined ? {} : { before }),
})

const users = (what: string) => `alter table users ${what}`
const type = (column: string, to: string) => users(`alter ${column} type ${to}`)

const notValid = users("add constraint age_given not null age not valid")

/** Every statement whose locks the documentation tells. */
export const lockCases: readonly LockCase[] = [
  of("add column, nullable", users("add column extra int")),
  of("add column, constant default", users("add column extra int not null default 7")),
  of("add column, default now()", users("add column extra timestamptz not null default now()")),
  of("add column, default gen_random_uuid()", users("add column extra uuid default gen_random_uuid()")),
  of(
    "add column, default clock_timestamp()",
    users("add column extra timestamptz default clock_timestamp()"),
  ),
  of("add column, bigserial", users("add column extra bigserial")),
  of("add column, identity", users("add column extra bigint generated always as identity")),
  of("add column, generated stored", users("add column extra int generated always as (age + 1) stored")),
  of("add column, generated virtual", users("add column extra int generated always as (age + 1) virtual")),
  of("add column of a domain with CHECK, default", users("add column extra positive default 1")),
  of("add column of a domain with CHECK", users("add column extra positive")),
  of("add column with CHECK", users("add column extra int check (extra > 0)")),
  of("add column with REFERENCES", "alter table alone add column extra bigint references users"),
  of("add column with UNIQUE", users("add column extra int unique")),
  of("drop column", users("drop column note")),
  of("drop column with an index", users("drop column created_at")),
  of("rename column", users("rename column note to remark")),
  of("rename table", users("rename to people")),
  of("set schema", "alter table orders set schema elsewhere", "create schema elsewhere"),
  of("type varchar(50) to varchar(100)", type("name", "varchar(100)")),
  of("type varchar(50) to text", type("name", "text")),
  of("type varchar(50) to varchar(40)", type("name", "varchar(40)")),
  of("type of a column that a view uses", type("kind", "varchar(10)")),
  of("type text to varchar(200)", type("note", "varchar(200)")),
  of("type text to varchar", type("note", "varchar")),
  of("type int to bigint", users("alter small type bigint")),
  of("type numeric(10,2) to numeric(12,2)", type("amount", "numeric(12, 2)")),
  of("type numeric(10,2) to numeric(12,4)", type("amount", "numeric(12, 4)")),
  of("type numeric(10,2) to numeric", type("amount", "numeric")),
  of(
    "type timestamp to timestamptz, UTC, indexed",
    type("created_at", "timestamptz"),
    "set local timezone = 'UTC'",
  ),
  of(
    "type timestamp to timestamptz, UTC, no index",
    type("plain_at", "timestamptz"),
    "set local timezone = 'UTC'",
  ),
  of(
    "type timestamp to timestamptz, Paris",
    type("created_at", "timestamptz"),
    "set local timezone = 'Europe/Paris'",
  ),
  of("type timestamp to timestamp(3)", type("created_at", "timestamp(3)")),
  of("type cidr to inet", type("address", "inet")),
  of("type char(4) to text", type("code", "text")),
  of("type json to jsonb", type("tags", "jsonb")),
  of("type enum to text", "alter table felt alter mood type text"),
  of("collation of an indexed column", users('alter tenant type text collate "POSIX"')),
  of("set not null", users("alter age set not null")),
  of("set not null behind a valid CHECK", users("alter checked set not null")),
  of("set not null behind a CHECK that is NOT VALID", users("alter loosely set not null")),
  of("add NOT NULL ... NOT VALID", users("add constraint age_given not null age not valid")),
  of("drop not null", users("alter name drop not null")),
  of("set default", users("alter age set default 1")),
  of("add CHECK", users("add constraint positive check (age > 0)")),
  of("add CHECK ... NOT VALID", users("add constraint positive check (age > 0) not valid")),
  of("validate CHECK", users("validate constraint small_positive")),
  of("add CHECK ... NOT ENFORCED", users("add constraint positive check (age > 0) not enforced")),
  of("add FOREIGN KEY", "alter table alone add foreign key (user_id) references users"),
  of(
    "add FOREIGN KEY ... NOT VALID",
    "alter table alone add foreign key (user_id) references users not valid",
  ),
  of("validate FOREIGN KEY", "alter table orders validate constraint orders_user"),
  of("drop FOREIGN KEY", "alter table kids drop constraint kids_user"),
  of("drop CHECK", users("drop constraint checked_given")),
  of("add UNIQUE", users("add unique (age)")),
  of("add UNIQUE USING INDEX", users("add constraint users_age unique using index users_age")),
  of(
    "add PRIMARY KEY USING INDEX, nullable column",
    "alter table pnew add primary key using index pnew_loose",
  ),
  of(
    "add PRIMARY KEY USING INDEX, column NOT NULL",
    "alter table pnew add primary key using index pnew_code",
  ),
  of("add PRIMARY KEY", "alter table pnew add primary key (code)"),
  of("add EXCLUDE", users("add exclude (age with =)")),
  of("create index", "create index extra on users (age)"),
  of("create unique index", "create unique index extra on users (age)"),
  of("create index on a partitioned table", "create index extra on parted (id)"),
  of("create index ON ONLY a partitioned table", "create index extra on only parted (id)"),
  of("drop index", "drop index users_name"),
  of("reindex index", "reindex index users_name"),
  of("reindex table", "reindex table users"),
  of(
    "attach partition",
    "alter table parted attach partition pnew for values from ('2026-01-01') to ('2027-01-01')",
  ),
  of(
    "attach partition with a CHECK",
    "alter table parted attach partition pnewck for values from ('2026-01-01') to ('2027-01-01')",
  ),
  of(
    "attach partition beside a DEFAULT",
    "alter table parted_def attach partition pdnew for values from ('2026-01-01') to ('2027-01-01')",
  ),
  of(
    "create partition of",
    "create table p2027 partition of parted for values from ('2027-01-01') to ('2028-01-01')",
  ),
  of(
    "create partition of, beside a DEFAULT",
    "create table pd2027 partition of parted_def for values from ('2027-01-01') to ('2028-01-01')",
  ),
  of("detach partition", "alter table parted detach partition p2024"),
  of("drop a partition", "drop table p2024"),
  of("create trigger", "create trigger extra before insert on users for each row execute function touch()"),
  of("drop trigger", "drop trigger users_touch on users"),
  of("disable trigger", users("disable trigger users_touch")),
  of(
    "create table with REFERENCES",
    "create table extra (id bigint primary key, user_id bigint references users)",
  ),
  of("drop table that references", "drop table kids"),
  of("drop table", "drop table alone"),
  of("truncate", "truncate alone"),
  of("truncate cascade", "truncate users cascade"),
  of("enable row level security", users("enable row level security")),
  of("create policy", "create policy everyone on users using (true)"),
  of("set (fillfactor)", users("set (fillfactor = 90)")),
  of("set statistics", users("alter age set statistics 500")),
  of("set storage", users("alter note set storage external")),
  of("set unlogged", "alter table alone set unlogged"),
  of("set tablespace, the same", users("set tablespace pg_default")),
  of("replica identity full", users("replica identity full")),
  of("owner to", users("owner to app")),
  of("grant", "grant select on users to app"),
  of("comment on", "comment on table users is 'who'"),
  of("refresh materialized view", "refresh materialized view mv"),
  of("refresh materialized view concurrently", "refresh materialized view concurrently mv"),
  of("create view", "create view extra as select id from users"),
  of("create or replace view", "create or replace view young_users as select id, kind, age from users"),
  of("create materialized view", "create materialized view extra as select id from users"),
  of("cluster", "cluster users using users_name"),
  of("alter type add value", "alter type mood add value 'fair'"),
  of("alter type rename value", "alter type mood rename value 'bad' to 'poor'"),
  of("alter domain add CHECK", "alter domain measure add check (value < 100)"),
  of("alter domain add CHECK ... NOT VALID", "alter domain measure add check (value < 100) not valid"),
  of("alter domain validate", "alter domain measure validate constraint measure_positive"),
  of("alter domain set not null", "alter domain measure set not null"),
  of("update all rows", "update users set age = age"),
  of("lock table", "lock table users"),
  of("alter sequence restart", "alter sequence counter restart"),
  of("create statistics", "create statistics extra on age, name from users"),
  of("create publication", "create publication extra for table users"),
  of("alter index rename", "alter index users_name rename to users_by_name"),
  of("analyze", "analyze users"),
  of("drop expression", users("alter total drop expression")),
  of("set expression", users("alter total set expression as (2)")),
  of("add identity to a column", "alter table pnew alter code add generated always as identity"),
  alone("create index concurrently", "create index concurrently extra on users (age)"),
  alone("drop index concurrently", "drop index concurrently users_name"),
  alone("reindex index concurrently", "reindex index concurrently users_name"),
  alone("reindex table concurrently", "reindex table concurrently users"),
  alone("detach partition concurrently", "alter table parted detach partition p2024 concurrently"),
  // Slow enough to be seen.
  alone("vacuum", "vacuum users", "set vacuum_cost_delay = 50; set vacuum_cost_limit = 1"),
  alone("vacuum full", "vacuum full users"),
  alone("create index concurrently on a partitioned table", "create index concurrently extra on parted (id)"),
  alone("validate NOT NULL", users("validate constraint age_given"), notValid),
  alone("set not null over a NOT NULL ... NOT VALID", users("alter age set not null"), notValid),
]
