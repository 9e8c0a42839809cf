import type { AttackCase } from "../attack-case.ts"

/** A function of the owner's, run with its rights; its arguments are named and typed in one word each. */
function definer(signature: string, body: string, more = "", returns = "void"): string {
  const types = signature.replace(/\((.*)\)$/, (_, list: string) => `(${list.replace(/(^|, )\w+ /g, "$1")})`)
  return `create function ${signature} returns ${returns} language plpgsql security definer ${more} as $body$ ${body} $body$;
    alter function ${types} owner to {owner};`
}

const pwn = "create table app.pwned()"
const inject = `x; ${pwn}; --`
const temp = "grant temp on database {db} to {app};"
const shadow = `create function pg_temp.evil() returns int language plpgsql as $$ begin create table app.pwned(); return 1; end $$;
  create temp view users as select pg_temp.evil() as id, 'x'::text as name;`

/** Written by somebody who had not read the audit: what looks like a path and is none. */
export const secondLookalikes: readonly AttackCase[] = [
  // Roles and grants
  {
    name: "the owner is a member of the application, and not the other way round",
    setup: "grant {app} to {owner}",
    attack: `set role {owner}; ${pwn}`,
  },
  {
    name: "a membership that was taken back",
    setup: "grant {owner} to {app}; revoke {owner} from {app}",
    attack: `set role {owner}; ${pwn}`,
  },
  {
    name: "a membership that a role without INHERIT was given without SET",
    since: 16,
    setup: "alter role {app} noinherit; grant {owner} to {app} with set false; alter role {app} inherit",
    attack: `${pwn}; set role {owner}; ${pwn}`,
  },
  {
    name: "a group beside its own is a member of the owner",
    setup: "create role {group}; grant {owner} to {group}; grant {group} to {other}; grant {rw} to {group}",
    attack: `set role {group}; set role {owner}; ${pwn}`,
  },
  {
    name: "a schema and a role with odd names, and no more than reading and writing",
    setup: `create role "Odd ""Role {app}"; grant "Odd ""Role {app}" to {app}; create schema "Odd ""Schema" authorization {owner};
      create table "Odd ""Schema"."Odd ""Table" (a int); alter table "Odd ""Schema"."Odd ""Table" owner to {owner};
      grant usage on schema "Odd ""Schema" to "Odd ""Role {app}"; grant select, insert, update, delete on "Odd ""Schema"."Odd ""Table" to "Odd ""Role {app}"`,
    attack: `alter table "Odd ""Schema"."Odd ""Table" add pwned int; create table "Odd ""Schema".pwned()`,
  },
  {
    name: "the application's role setting names a role that it is no member of",
    apart: true,
    setup: "alter role {other} set role = '{owner}'; alter role {app} set application_name = '{owner}'",
    attack: pwn,
  },
  {
    name: "create on a schema for another role",
    setup: "grant create on schema app to {other}; create schema theirs authorization {other}",
    attack: `${pwn}; create table theirs.pwned()`,
  },
  {
    name: "maintain in a schema out of reach",
    since: 17,
    setup:
      "create schema far; create table far.t (a int); create index i on far.t (a); grant maintain on far.t to {app}",
    attack: "cluster far.t using i",
    proof: "select exists (select from pg_index where indisclustered and indrelid = 'far.t'::regclass)",
  },
  {
    name: "the usual extensions",
    setup:
      "create extension pgcrypto schema app; create extension citext schema app; create extension pg_trgm schema app; create extension hstore schema app; create extension tablefunc schema app; create extension postgres_fdw schema app; create extension file_fdw schema app; create extension dblink schema app; create extension lo schema app; create extension pg_stat_statements schema app",
    attack: `create server pwned foreign data wrapper postgres_fdw; create server pwned foreign data wrapper file_fdw; select app.dblink_connect_u('dbname={db}'); select app.crosstab('${pwn}')`,
  },
  {
    name: "adminpack is there, and not for it",
    until: 16,
    setup: "create extension adminpack",
    attack: "select pg_catalog.pg_file_write('{file}', 'x', false)",
    proof: "select (pg_stat_file('{file}', true)).size is not null",
  },
  {
    name: "a server with stored credentials that it may not use",
    setup: `create extension dblink schema app; create server loop foreign data wrapper dblink_fdw options (host '{socket}', port '{port}', dbname '{db}'); create user mapping for {app} server loop options (user '{superuser}', password 'x')`,
    attack: `select app.dblink_exec('loop', '${pwn}'); create user mapping for {app} server loop`,
  },
  {
    name: "a foreign table over an ordinary table, to read and write",
    setup: `create foreign data wrapper w; create server s foreign data wrapper w; create foreign table app.f (a int) server s; alter foreign table app.f owner to {owner}; grant select, insert, update, delete on app.f to {app}`,
    attack: "alter foreign table app.f add column pwned int; create user mapping for {app} server s",
  },
  {
    name: "allow_system_table_mods and write grants on catalogs",
    since: 15,
    setup: "grant set on parameter allow_system_table_mods to {app}; grant update on pg_authid to {app}",
    attack: "set allow_system_table_mods = on; update pg_authid set rolsuper = true where rolname = '{app}'",
    proof: "select rolsuper from pg_roles where rolname = '{app}'",
  },
  {
    name: "reading the view of applied revisions",
    setup: `create schema lockstep authorization {migrator}; create table lockstep.revision (id text); create view lockstep.applied as select id from lockstep.revision;
      alter table lockstep.revision owner to {migrator}; alter view lockstep.applied owner to {migrator}; grant usage on schema lockstep to {app}; grant select on lockstep.applied to {app}`,
    attack:
      "insert into lockstep.applied values ('x'); insert into lockstep.revision values ('x'); create table lockstep.pwned()",
    proof: "select exists (select from lockstep.revision)",
  },
  {
    name: "default privileges: execute on routines, usage on types and sequences",
    setup:
      "alter default privileges for role {owner} grant execute on routines to {rw}; alter default privileges for role {owner} grant usage on types to {rw}; alter default privileges for role {owner} in schema app grant usage, select on sequences to {rw}",
    attack: pwn,
  },
  {
    name: "roles that watch and signal",
    setup:
      "grant pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables, pg_signal_backend, pg_checkpoint to {app}",
    since: 15,
    attack: pwn,
  },

  // Views and rules
  {
    name: "a view that reads as its caller, to write",
    setup:
      "create table app.hidden (a int); alter table app.hidden owner to {owner}; create view app.v with (security_invoker) as select a from app.hidden; alter view app.v owner to {owner}; grant select, insert, update, delete on app.v to {app}",
    since: 15,
    attack: "insert into app.v values (1); alter view app.v rename to pwned",
  },
  {
    name: "a view without a barrier over rows of others",
    setup:
      "create view app.v as select id, name from app.users where name = current_user; alter view app.v owner to {owner}; grant select, update on app.v to {app}",
    attack: "select * from app.v where 1 / (id - id) = 1; alter view app.v rename to pwned",
  },
  {
    name: "a rule that writes into a log",
    setup:
      "create rule r as on insert to app.users do also insert into app.audit_log (note) values (new.name)",
    attack: `insert into app.users (name) values ('${inject}')`,
  },
  {
    name: "a rule that calls a definer that it may not execute",
    setup: `${definer("app.run(q text)", "begin execute q; end")} revoke all on function app.run(text) from public;
      create rule r as on insert to app.users do also select app.run(new.name)`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a check calls a definer that it may not execute",
    setup: `${definer("app.run(q text)", "begin execute q; return true; end", "", "boolean")} revoke all on function app.run(text) from public; alter table app.users add check (app.run(name))`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a domain calls a definer that it may not execute",
    setup: `${definer("app.run(q text)", "begin execute q; return true; end", "", "boolean")} create domain app.good as text check (app.run(value)); alter table app.users alter name type app.good; revoke all on function app.run(text) from public`,
    attack: `insert into app.users (name) values ('${pwn}'); select '${pwn}'::app.good`,
  },
  {
    name: "a cast calls a definer that it may not execute",
    setup: `create type app.t as (a text); ${definer("app.run(q text)", "begin execute q; return null; end", "", "app.t")} create cast (text as app.t) with function app.run(text); revoke all on function app.run(text) from public`,
    attack: `select '${pwn}'::text::app.t`,
  },
  {
    name: "a view of a superuser calls what only a superuser may",
    setup:
      "create view app.v as select pg_read_file('PG_VERSION') as a, lo_export(0, '{file}') as b; grant select on app.v to {app}",
    attack: "select * from app.v",
    proof: "select (pg_stat_file('{file}', true)).size is not null",
  },

  // Triggers
  {
    name: "a trigger for deletes, where it can only insert",
    setup: `create table app.inbox (note text); alter table app.inbox owner to {owner}; grant select, insert on app.inbox to {app};
      ${definer("app.t()", "begin execute old.note; return old; end", "", "trigger")} revoke all on function app.t() from public;
      create trigger t before delete on app.inbox for each row execute function app.t()`,
    attack: `insert into app.inbox values ('${pwn}'); delete from app.inbox; truncate app.inbox`,
  },
  {
    name: "a trigger for updates of a column that it may not update",
    setup: `create table app.inbox (id int, note text, state text); alter table app.inbox owner to {owner}; insert into app.inbox values (1, '', ''); grant select on app.inbox to {app}; grant update (state) on app.inbox to {app};
      ${definer("app.t()", "begin execute new.note; return new; end", "", "trigger")} revoke all on function app.t() from public;
      create trigger t before update of note on app.inbox for each row execute function app.t()`,
    attack: `update app.inbox set state = '${pwn}'; update app.inbox set note = '${pwn}'`,
  },
  {
    name: "a trigger that puts its table's name into SQL",
    setup: `${definer("app.t()", "begin execute format('insert into app.audit_log (note) select %L || count(*) from %I.%I', tg_op, tg_table_schema, tg_table_name); return new; end", "", "trigger")}
      create trigger t before insert on app.users for each row execute function app.t()`,
    attack: `insert into app.users (name) values ('${inject}')`,
  },
  {
    name: "a trigger whose argument, written by the owner, is SQL",
    setup: `${definer("app.t()", "begin execute tg_argv[0]; return new; end", "", "trigger")} revoke all on function app.t() from public;
      create trigger t before insert on app.users for each row execute function app.t('insert into app.audit_log (note) values (1)')`,
    attack: `insert into app.users (name) values ('${inject}')`,
  },
  {
    name: "a trigger that logs the whole row as JSON",
    setup: `${definer("app.t()", "begin insert into app.audit_log (note) values (tg_op || ' ' || to_jsonb(new)::text || current_query()); return new; end", "set search_path = pg_catalog, pg_temp", "trigger")}
      create trigger t after insert or update on app.users for each row execute function app.t()`,
    attack: `insert into app.users (name) values ('${inject}')`,
  },
  {
    name: "an event trigger with the rights of whoever changes something",
    setup: `${temp} create function app.on_ddl() returns event_trigger language plpgsql as $$ declare r record; begin for r in select * from pg_event_trigger_ddl_commands() loop execute format('comment on %s %s is %L', r.object_type, r.object_identity, 'new'); end loop; exception when others then null; end $$;
      create event trigger on_ddl on ddl_command_end execute function app.on_ddl()`,
    attack: `create temp table "x; ${pwn}" (a int)`,
  },

  // Dynamic SQL that nobody else can write
  {
    name: "a wrapper that passes a constant on",
    setup: `${definer("app.run(q text)", "begin execute q; end")} revoke all on function app.run(text) from public;
      ${definer("app.job()", "begin perform app.run('delete from app.audit_log where id < 0'); end")}`,
    attack: `select app.job(); select app.run('${pwn}')`,
  },
  {
    name: "the dangerous one of two functions of one name is for another role",
    setup: `${definer("app.run(q text)", "begin execute q; end")} revoke all on function app.run(text) from public; grant execute on function app.run(text) to {other};
      ${definer("app.run(n integer)", "begin perform n; end")} grant execute on function app.run(int) to {app}`,
    attack: `select app.run('${pwn}'::text)`,
  },
  {
    name: "a uuid, a date, a flag, a moment, in the text",
    setup: definer(
      "app.find(a uuid, b date, c boolean, d timestamptz)",
      "begin execute 'select count(*) from app.users where ''' || a || ''' = ''x'' or ''' || b || ''' = ''y'' or ' || c || ' or ''' || d || ''' = ''z'''; end",
    ),
    attack: `select app.find('${inject}', now()::date, true, now())`,
  },
  {
    name: "a list of numbers in the text",
    setup: definer(
      "app.find(ids integer[])",
      "begin execute 'delete from app.users where id in (' || array_to_string(ids, ',') || ')'; end",
    ),
    attack: `select app.find(array['${inject}'])`,
  },
  {
    name: "an enum in the text",
    setup: `create type app.state as enum ('new', 'old'); ${definer("app.count_of(s app.state)", "begin execute 'select count(*) from app.users where name = ''' || s || ''''; end").replace("app.count_of(app.state)", "app.count_of(app.state)")}`,
    attack: `select app.count_of('${inject}')`,
  },
  {
    name: "values in the places of format, by number and with a width",
    setup: definer(
      "app.find(t text, n text)",
      "begin execute format('select %2$L, %1$L, %-20L, %1$s', quote_literal(t), n, n); end",
    ),
    attack: `select app.find('${inject}', '${inject}')`,
  },
  {
    name: "quote_nullable and concat",
    setup: definer(
      "app.find(n text)",
      "begin execute concat('select count(*) from app.users where name is not distinct from ', quote_nullable(n)); end",
    ),
    attack: `select app.find('${inject}')`,
  },
  {
    name: "concat_ws of quoted words",
    setup: definer(
      "app.find(n text)",
      "declare q text; begin q := concat_ws(' and ', 'name = ' || quote_literal(n), 'id > 0'); execute 'select count(*) from app.users where ' || q; end",
    ),
    attack: `select app.find('${inject}')`,
  },
  {
    name: "numbers of the session",
    setup: definer(
      "app.log()",
      "begin execute 'insert into app.audit_log (note) values (''' || pg_backend_pid() || txid_current() || clock_timestamp() || ''')'; end",
    ),
    attack: "select app.log()",
  },
  {
    name: "who asks, as a quoted word",
    setup: definer(
      "app.log()",
      "begin execute format('insert into app.audit_log (note) values (%L)', session_user); end",
    ),
    attack: "select app.log()",
  },
  {
    name: "a setting as a value",
    setup: definer(
      "app.log()",
      "begin execute 'insert into app.audit_log (note) values ($1)' using current_setting('app.note', true); end",
    ),
    attack: `set "app.note" = '${inject}'; select app.log()`,
  },
  {
    name: "a text that is made and not run",
    setup: definer(
      "app.explain(t text)",
      "begin return format('drop table %s; -- execute %s', t, t); end",
      "",
      "text",
    ),
    attack: `select app.explain('${inject}')`,
  },
  {
    name: "the word EXECUTE in a comment and in a message",
    setup: definer(
      "app.log(n text)",
      "begin /* execute n; */ -- execute 'create table ' || n;\n if n = 'execute' then raise exception 'cannot execute %: drop table', n; end if; insert into app.audit_log (note) values (n); end",
    ),
    attack: `select app.log('${inject}')`,
  },
  {
    name: "keys of a JSON object as quoted names of columns",
    setup: definer(
      "app.patch(j jsonb)",
      "declare s text; begin select string_agg(format('%I = %L', key, value), ', ') into s from jsonb_each_text(j); execute 'update app.users set ' || s; end",
    ),
    attack: `select app.patch(jsonb_build_object('${inject}', '1'))`,
  },
  {
    name: "a JSON document as rows",
    setup: definer(
      "app.load(j jsonb)",
      "begin insert into app.users select * from jsonb_populate_recordset(null::app.users, j) on conflict do nothing; end",
    ),
    attack: `select app.load('[{"id": 5, "name": "${inject}"}]')`,
  },
  {
    name: "housekeeping that is written out",
    setup: definer(
      "app.tidy()",
      "begin delete from app.audit_log where id < 0; truncate app.audit_log; analyze app.users; perform setval('app.users_id_seq', 10); lock table app.users in share mode; set local statement_timeout = '1s'; perform set_config('app.tidied', 'yes', true); notify tidied; perform pg_notify('tidied', 'yes'); end",
    ),
    attack: "select app.tidy()",
  },
  {
    name: "a tenant's number as a setting",
    setup: definer("app.enter(t text)", "begin perform set_config('app.tenant', t, true); end"),
    attack: `select app.enter('${inject}')`,
  },
  {
    name: "a superuser's function that ends a session",
    setup:
      "create function app.kill(p int) returns boolean language sql security definer set search_path = pg_catalog, pg_temp as 'select pg_terminate_backend(p)'",
    attack: "select app.kill(0)",
  },
  {
    name: "a superuser's function that shows sessions",
    setup:
      "create function app.sessions() returns table (pid int, query text) language sql security definer set search_path = pg_catalog, pg_temp as 'select pid, query from pg_stat_activity'",
    attack: `select * from app.sessions()`,
  },
  {
    name: "a superuser's function that checks a password",
    setup:
      "create extension pgcrypto schema app; create function app.login(n text, p text) returns boolean language plpgsql security definer set search_path = pg_catalog, app, pg_temp as $$ begin return exists (select from app.users u where u.name = n and app.crypt(p, u.name) = u.name); end $$",
    attack: `select app.login('${inject}', '${inject}')`,
  },
  {
    name: "a large object as a value",
    setup: definer(
      "app.import(o oid)",
      "begin insert into app.audit_log (note) values (convert_from(lo_get(o), 'utf8')); end",
    ),
    attack: `select app.import(lo_from_bytea(0, '${inject}'))`,
  },
  {
    name: "rows of a table that it can write, as values",
    setup: definer(
      "app.copy_all()",
      "declare r record; begin for r in select name from app.users loop execute 'insert into app.audit_log (note) values ($1)' using r.name; end loop; end",
    ),
    attack: `insert into app.users (name) values ('${inject}'); select app.copy_all()`,
  },
  {
    name: "text of a table that only others can write",
    setup: `create table app.reports (id int, q text); alter table app.reports owner to {owner}; insert into app.reports values (1, 'select 1'); grant select on app.reports to {app};
      ${definer("app.report(n integer)", "begin execute (select q from app.reports where id = n); end")}`,
    attack: `update app.reports set q = '${pwn}'; select app.report(1)`,
  },

  // Temporary objects
  {
    name: "an unpinned body of calls, numbers and quoted words, with temp",
    setup: `${temp} ${definer("app.score(n integer)", "declare r integer := 0; begin r := greatest(abs(n), 1) + length(upper('x')); return r; end", "", "integer")}`,
    attack: `${shadow} create domain pg_temp.integer as int check (pg_temp.evil() = 1); select app.score(1)`,
  },
  {
    name: "a row type by its whole name, pg_temp last, with temp",
    setup: `${temp} ${definer("app.first()", "declare r app.users%rowtype; n app.users.name%type; begin select * into r from app.users limit 1; n := r.name; end", "set search_path = app, pg_temp")}`,
    attack: `${shadow} select app.first()`,
  },
  {
    name: "a path of the schema and pg_temp last, bare names, with temp",
    setup: `${temp} ${definer("app.total()", "declare t text; begin select string_agg(name, ',') into t from users; return t; end", "set search_path = app, pg_temp", "text")}`,
    attack: `${shadow} select app.total()`,
  },
]
