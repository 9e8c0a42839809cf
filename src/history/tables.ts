import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"

/** The statements that bring the tables in a schema to the next format. */
export type TableUpgrade = (schema: string) => string

/**
 * The statements that bring Lockstep's own tables from one format to the next; entry 0 makes format 1 in an empty
 * schema. Entries are only ever added: a database made by any earlier version is brought up one by one.
 */
export const upgrades: readonly TableUpgrade[] = [format1, releases, trail, releaseQueries]

/** The format that this version of Lockstep reads and writes. */
export const currentFormat = upgrades.length

/**
 * The lock and the table of facts about the database itself come first: the lock is what every further change of
 * these tables is made under.
 */
export function createLock(schema: string): string {
  const s = quoteIdentifier(schema)
  return `create table if not exists ${s}.lock ();
comment on table ${s}.lock is 'Held in EXCLUSIVE mode by the one Lockstep runner that works; has no rows';
create table if not exists ${s}.meta (key text primary key, value text not null);
comment on table ${s}.meta is 'format: version of these tables; environment, protected: what this database is; fingerprint: of the catalog that the history led to'`
}

function format1(schema: string): string {
  const s = quoteIdentifier(schema)
  return `create table ${s}.run (
  id uuid primary key,
  command text not null,
  started_at timestamptz not null default clock_timestamp(),
  session_user_name text not null default session_user,
  database_user text not null default current_user,
  server_version text not null default current_setting('server_version'),
  os_user text,
  host text,
  pid int,
  platform text,
  tool_version text not null,
  source_commit text,
  release text,
  environment text
);
comment on table ${s}.run is 'Who started what, from where, with which version of the tool';
create table ${s}.revision (
  id text primary key,
  sequence bigint not null generated always as identity unique,
  parents text[] not null,
  title text not null,
  file text not null,
  checksum text not null,
  earlier text[] not null default '{}',
  repeatable boolean not null,
  phase text check (phase in ('expand', 'migrate', 'contract')),
  compatible boolean not null,
  version text,
  outcome text not null check (outcome in ('applied', 'stamped')),
  started_at timestamptz not null,
  finished_at timestamptz not null,
  duration_ms double precision not null,
  run uuid not null references ${s}.run
);
comment on table ${s}.revision is 'The revisions that this database is at, one row each, in the order they came';
comment on column ${s}.revision.earlier is 'Checksums of what ran or counted before as this revision: older texts of a repeatable, texts that were accepted';
comment on column ${s}.revision.compatible is 'Whether code that was built before this revision still works after it';
create table ${s}.step (
  revision text not null,
  direction text not null check (direction in ('up', 'down')),
  position int not null,
  sql text not null,
  parameters jsonb,
  effect jsonb,
  before jsonb,
  answer jsonb,
  compatible boolean not null,
  state text not null check (state in ('started', 'done', 'failed')),
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  run uuid not null references ${s}.run,
  primary key (revision, direction, position)
);
comment on table ${s}.step is 'Steps of revisions that run outside a transaction and are not finished';
comment on column ${s}.step.effect is 'How to look up after a crash whether the statement took effect';
comment on column ${s}.step.before is 'What that needs to know of the state before, and the server process that runs it';
comment on column ${s}.step.answer is 'Rows that a program was given, so that it takes the same way again when it is resumed';
create table ${s}.event (
  id bigint primary key generated always as identity,
  at timestamptz not null default clock_timestamp(),
  run uuid not null references ${s}.run,
  kind text not null,
  revision text,
  checksum text,
  duration_ms double precision,
  error_code text,
  sqlstate text,
  message text,
  details jsonb
);
comment on table ${s}.event is 'Everything that was done or tried; rows are only ever added';
create view ${s}.applied as
  select id, repeatable, parents, phase, compatible, checksum, earlier, title, version, file as source, finished_at as applied_at
  from ${s}.revision r
  where not exists (select from ${s}.step d where d.revision = r.id and d.direction = 'down')
  union all
  select revision, false, '{}', null, bool_and(compatible), '', '{}', revision, null, null, null
  from ${s}.step
  where direction = 'up' and revision not in (select id from ${s}.revision)
  group by revision;
comment on view ${s}.applied is 'What an application may know: which revisions this database is at; without applied_at, which are being applied step by step. One that is being undone is not there'`
}

/** Which releases were deployed, and which revisions wait for one of them to be gone. */
function releases(schema: string): string {
  const s = quoteIdentifier(schema)
  return `create table ${s}.release (
  id text primary key,
  bundle text not null,
  contracts text[] not null,
  first_deployed_at timestamptz not null default clock_timestamp(),
  deployed_at timestamptz not null default clock_timestamp(),
  state text not null default 'deployed' check (state in ('deployed', 'serving', 'retired')),
  said_at timestamptz,
  because text,
  run uuid not null references ${s}.run
);
comment on table ${s}.release is 'The versions of the application that were deployed';
comment on column ${s}.release.contracts is 'Contract revisions that it holds: its code works after them';
create table ${s}.held (
  revision text primary key,
  reasons text[] not null,
  since timestamptz not null default clock_timestamp(),
  release text,
  run uuid not null references ${s}.run
);
comment on table ${s}.held is 'Contract revisions that the last deploy left pending, and why'`
}

/** The format from which on `run` and `event` are chained. */
export const chainedFormat = 3

const moment = (column: string) =>
  `pg_catalog.to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/**
 * An expression: the bytes of a row that its hash covers, behind the hash of the row before and a line feed. A JSON array
 * as PostgreSQL prints `jsonb`; times in UTC, the duration in whole microseconds. Neither a setting of the session nor a
 * column that a later format adds changes it.
 */
export function chainedText(name: "run" | "event", row: string): string {
  const columns =
    name === "run"
      ? [
          "id",
          "command",
          "started_at",
          "session_user_name",
          "database_user",
          "server_version",
          "os_user",
          "host",
          "pid",
          "platform",
          "tool_version",
          "source_commit",
          "release",
          "environment",
        ]
      : [
          "id",
          "at",
          "run",
          "kind",
          "revision",
          "checksum",
          "duration_ms",
          "error_code",
          "sqlstate",
          "message",
          "details",
        ]
  const values = columns.map((column) => {
    const value = `${row}.${column}`
    if (column === "started_at" || column === "at") return moment(value)
    return column === "duration_ms" ? `(${value} * 1000::float8)::bigint` : value
  })
  return `pg_catalog.jsonb_build_array('${name}', ${row}.link, ${values.join(", ")})::text`
}

/**
 * Chains the rows of `run` and `event`: each gets the next number, and the hash of what it says and of the row before it.
 * The head stands in `meta`; whoever adds a row locks it until that is committed, so that there is one chain. Rows that
 * were there before are chained in the order of their times.
 *
 * The owner's own right to change rows is taken, and a trigger refuses who has it. The server checks a foreign key to `run`
 * with a right to update one of its columns, which therefore stays.
 */
function trail(schema: string): string {
  const s = quoteIdentifier(schema)
  const hashOf = (name: "run" | "event", row: string) =>
    `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(before || pg_catalog.chr(10) || ${chainedText(name, row)}, 'UTF8')), 'hex')`
  const tables = ["run", "event"] as const
  const columns = tables.map(
    (name) => `alter table ${s}.${name} add column link bigint, add column hash text;
comment on column ${s}.${name}.link is 'Number of the row in the one chain that the rows of run and event form';
comment on column ${s}.${name}.hash is 'SHA-256 over the hash of the row before and what this row says'`,
  )
  const earlier = tables.map(
    (name) => `if item.name = '${name}' then
      update ${s}.${name} x set link = number where x.id::text = item.id;
      update ${s}.${name} x set hash = ${hashOf(name, "x")} where x.id::text = item.id returning x.hash into before;
    end if;`,
  )
  const triggers = tables.map(
    (
      name,
    ) => `create function ${s}.chain_${name}() returns trigger language plpgsql set search_path to pg_catalog, pg_temp as $lockstep$
declare
  before text;
begin
  select pg_catalog.split_part(value, ' ', 1)::bigint + 1, pg_catalog.split_part(value, ' ', 2) into strict new.link, before
  from ${s}.meta where key = 'chain' for update;
  new.hash := ${hashOf(name, "new")};
  update ${s}.meta set value = pg_catalog.concat(new.link, ' ', new.hash) where key = 'chain';
  return new;
end
$lockstep$;
create trigger chain before insert on ${s}.${name} for each row execute function ${s}.chain_${name}();
create trigger only_added before update or delete or truncate on ${s}.${name} for each statement execute function ${s}.only_added()`,
  )
  return `${columns.join(";\n")};
do $lockstep$
declare
  item record;
  before text := '';
  number bigint := 0;
begin
  for item in
    select 'run' as name, id::text as id, started_at as at, 0 as place from ${s}.run
    union all select 'event', id::text, at, id from ${s}.event
    order by at, place, id
  loop
    number := number + 1;
    ${earlier.join("\n    ")}
  end loop;
  insert into ${s}.meta (key, value) values ('chain', pg_catalog.concat(number, ' ', before));
end
$lockstep$;
create function ${s}.only_added() returns trigger language plpgsql set search_path to pg_catalog, pg_temp as $lockstep$
begin
  raise exception 'rows of %.% are only ever added', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$lockstep$;
${triggers.join(";\n")};
do $lockstep$
declare
  owner text;
begin
  select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)::text) into owner from pg_catalog.pg_class c where c.oid = ${quoteLiteral(`${s}.run`)}::regclass::oid;
  execute pg_catalog.concat(${quoteLiteral(`revoke update, delete, truncate on ${s}.run, ${s}.event from public, `)}, owner);
  execute pg_catalog.concat(${quoteLiteral(`grant update (pid) on ${s}.run to `)}, owner);
end
$lockstep$`
}

/** What the releases issue; many releases issue the same. */
function releaseQueries(schema: string): string {
  const s = quoteIdentifier(schema)
  return `create table ${s}.query_manifest (digest text primary key, queries jsonb not null);
comment on table ${s}.query_manifest is 'Lists of queries, as lockstep/record writes them, by their SHA-256';
alter table ${s}.release add column queries text references ${s}.query_manifest;
comment on column ${s}.release.queries is 'What its code issues, where its deploy was told'`
}
