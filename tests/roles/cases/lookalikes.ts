import { type AttackCase, superuserProof } from "../attack-case.ts"

const tempTrigger = `create function pg_temp.evil() returns trigger language plpgsql as 'begin create table app.pwned(); return new; end';
  create temp table audit_log (id int, note text); create trigger t before insert on audit_log for each row execute function pg_temp.evil();
  grant all on audit_log to public;`

/** Configurations that look like a path, and are none. */
export const lookalikes: readonly AttackCase[] = [
  {
    name: "the roles as they are meant to be",
    setup: "select 1",
    attack:
      "create table app.pwned(); create table public.pwned(); create schema pwned; create temp table x(); set role {owner}; alter table app.users add column pwned int",
  },
  {
    name: "membership without INHERIT and SET",
    since: 16,
    setup: "grant {owner} to {app} with inherit false, set false",
    attack: "set role {owner}; create table app.pwned()",
  },
  {
    name: "inherits, then could set",
    since: 16,
    setup:
      "create role {group}; grant {group} to {app} with inherit true, set false; grant {owner} to {group} with inherit false, set true",
    attack: "set role {owner}; set role {group}; create table app.pwned()",
  },
  {
    name: "admin option of a superuser",
    since: 16,
    setup: "create role {group} superuser; grant {group} to {app} with admin true, inherit false, set false",
    attack: "grant {group} to {app} with set true; set role {group}; create table app.pwned()",
  },
  {
    name: "attributes of a role that is only inherited",
    since: 16,
    setup: "create role {group} createrole createdb; grant {group} to {app} with inherit true, set false",
    attack: "set role {group}; create role {pwned}; create database {pwned}",
  },
  {
    name: "member of a login without more rights",
    setup: "grant {other} to {app}",
    attack: "set role {other}; create table app.pwned()",
  },
  {
    name: "truncate",
    setup: "grant truncate on app.users to {app}",
    attack: "alter table app.users add column pwned int",
  },
  {
    name: "references, with temp",
    setup: "grant references on app.users to {app}; grant temporary on database {db} to {app}",
    attack: "create temp table t (id int references app.users); alter table app.users add column pwned int",
    proof: "select exists (select from pg_constraint where confrelid = 'app.users'::regclass)",
  },
  {
    name: "write grants on catalogs",
    setup: "grant select, insert, update, delete on pg_authid, pg_class, pg_proc to {app}",
    attack: "update pg_authid set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },
  {
    name: "trigger on a catalog",
    setup: "grant trigger on pg_authid to {app}",
    attack:
      "create trigger pwned before update on pg_authid for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "trigger on a materialized view",
    setup: "create materialized view app.m as select 1 as a; grant trigger on app.m to {app}",
    attack:
      "create trigger pwned before update on app.m for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "trigger in a schema out of reach",
    setup: "create schema hidden; create table hidden.t (a int); grant trigger on hidden.t to {app}",
    attack:
      "create trigger pwned before update on hidden.t for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "grant option in a schema out of reach",
    setup:
      "create schema hidden; create table hidden.t (a int); grant select on hidden.t to {app} with grant option",
    attack: "grant select on hidden.t to {other}",
    proof: "select has_table_privilege('{other}', 'hidden.t', 'select')",
  },
  {
    name: "execute without usage on the schema",
    setup:
      "create schema hidden; create function hidden.run(sql text) returns void language plpgsql security definer as 'begin execute sql; end'; grant execute on function hidden.run(text) to {app}",
    attack: "select hidden.run('create table app.pwned()')",
  },
  {
    name: "a definer in a view, without the right to execute it",
    setup: `create function app.run(sql text) returns int language plpgsql security definer as 'begin execute sql; return 1; end'; revoke all on function app.run(text) from public;
            alter function app.run(text) owner to {owner}; create view app.v as select app.run(name) as a from app.users; alter view app.v owner to {owner}; grant select on app.v to {rw}`,
    attack: "insert into app.users (name) values ('create table app.pwned()'); select * from app.v",
  },
  {
    name: "a definer in an operator, without the right to execute it",
    setup: `create function app.run(a text, b text) returns text language plpgsql security definer as 'begin execute a; return b; end'; revoke all on function app.run(text, text) from public;
            alter function app.run(text, text) owner to {owner}; create operator app.%%% (function = app.run, leftarg = text, rightarg = text)`,
    attack: "select 'create table app.pwned()'::text operator(app.%%%) 'x'::text",
  },
  {
    name: "a definer in a default, without the right to execute it",
    setup: `create function app.run() returns text language plpgsql security definer as 'begin execute current_setting(''my.sql''); return 1; end'; revoke all on function app.run() from public;
            alter function app.run() owner to {owner}; create table app.t (id int, a text default app.run()); grant insert on app.t to {rw}`,
    attack: "set my.sql = 'create table app.pwned()'; insert into app.t (id) values (1)",
  },
  {
    name: "BEGIN ATOMIC, unpinned, with temp",
    setup: `grant temporary on database {db} to {app}; create function app.note(t text) returns void language sql security definer begin atomic insert into app.audit_log (note) values (t); end; alter function app.note(text) owner to {owner}`,
    attack: `${tempTrigger} select app.note('x')`,
  },
  {
    name: "pinned with pg_temp last, with temp",
    setup: `grant temporary on database {db} to {app}; create function app.note(t text) returns void language plpgsql security definer set search_path = app, pg_temp as 'declare v text := t; begin insert into audit_log (note) values (v); end'; alter function app.note(text) owner to {owner}`,
    attack: `${tempTrigger} select app.note('x')`,
  },
  {
    name: "pinned to pg_catalog, pg_temp, all names in full",
    setup: `grant temporary on database {db} to {app}; create function app.note(t text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as 'begin insert into app.audit_log (note) values (t); end'; alter function app.note(text) owner to {owner}`,
    attack: `${tempTrigger} select app.note('x')`,
  },
  {
    name: "an empty path, all names in full, no type named, with temp",
    setup: `grant temporary on database {db} to {app}; create function app.note(t text) returns void language plpgsql security definer set search_path = '' as 'begin insert into app.audit_log (note) values (t); end'; alter function app.note(text) owner to {owner}`,
    attack: `${tempTrigger} select app.note('x')`,
  },
  {
    name: "an unpinned path, without temp",
    setup: `create function app.note(t text) returns void language plpgsql security definer as 'begin insert into audit_log (note) values (t); end'; alter function app.note(text) owner to {owner}`,
    attack: `${tempTrigger} set search_path = app; select app.note('x')`,
  },
  {
    name: "format with %I and %L, without temp",
    setup: `create function app.find(t text, v text) returns bigint language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare n bigint; begin execute format('select count(*) from app.%I where name = %L', t, v) into n; return n; end $f$; alter function app.find(text, text) owner to {owner}`,
    attack:
      "select app.find('users; create table app.pwned()', 'x'); select app.find('users', 'x''; create table app.pwned(); --')",
  },
  {
    name: "format with %I behind a schema, with temp",
    setup: `grant temporary on database {db} to {app}; create function app.count_of(t text) returns bigint language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare n bigint; begin execute format('select count(*) from app.%I', t) into n; return n; end $f$; alter function app.count_of(text) owner to {owner}`,
    attack:
      "create temp view v as select 1; select app.count_of('v'); select app.count_of('users\"; create table app.pwned(); --')",
  },
  {
    name: "values by USING",
    setup: `create function app.find(v text) returns bigint language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare n bigint; begin execute 'select count(*) from app.users where name = $1' into n using v; return n; end $f$; alter function app.find(text) owner to {owner}`,
    attack: "select app.find('x''; create table app.pwned(); --')",
  },
  {
    name: "quote_ident, quote_literal and a number",
    setup: `create function app.find(c text, v text, n int) returns bigint language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare r bigint; q text; begin q := 'select id from app.users where ' || quote_ident(c) || ' = ' || quote_literal(v); q := q || ' limit ' || n; execute q into r; return r; end $f$; alter function app.find(text, text, int) owner to {owner}`,
    attack: "select app.find('name', 'x''; create table app.pwned(); --', 1)",
  },
  {
    name: "a choice between constants",
    setup: `create function app.list(o text) returns setof app.users language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin return query execute 'select * from app.users order by ' || case o when 'name' then 'name' else 'id' end; end $f$; alter function app.list(text) owner to {owner}`,
    attack: "select app.list('id; create table app.pwned()')",
  },
  {
    name: "an audit trigger that names its table",
    setup: `create function app.log() returns trigger language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute format('insert into app.audit_log (note) select %L || %L', tg_table_name, new.name); return new; end $f$;
            alter function app.log() owner to {owner}; create trigger t before insert on app.users for each row execute function app.log()`,
    attack: "insert into app.users (name) values ('x''; create table app.pwned(); --')",
  },
  {
    name: "a trigger with dynamic SQL, on a table that cannot be written",
    setup: `create table app.secret (name text); create function app.log() returns trigger language plpgsql security definer as
            $f$ begin execute new.name; return new; end $f$; alter function app.log() owner to {owner}; create trigger t before insert on app.secret for each row execute function app.log(); grant select on app.secret to {rw}`,
    attack: "insert into app.secret values ('create table app.pwned()'); select app.log()",
  },
  {
    name: "a trigger that is switched off",
    setup: `create function app.log() returns trigger language plpgsql security definer as $f$ begin execute new.name; return new; end $f$; alter function app.log() owner to {owner};
            create trigger t before insert on app.users for each row execute function app.log(); alter table app.users disable trigger t`,
    attack: "insert into app.users (name) values ('create table app.pwned()')",
  },
  {
    name: "a definer that makes a temporary table",
    setup: `create function app.work() returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin create temp table scratch (a int) on commit drop; insert into scratch values (1); end $f$; grant temporary on database {db} to {owner}; alter function app.work() owner to {owner}`,
    attack: "select app.work()",
  },
  {
    name: "a definer that refreshes a view",
    setup: `create materialized view app.m as select count(*) as n from app.users; alter materialized view app.m owner to {owner};
            create function app.refresh() returns void language sql security definer set search_path = app, pg_temp as 'refresh materialized view app.m'; alter function app.refresh() owner to {owner}`,
    attack: "select app.refresh()",
  },
  {
    name: "a function that runs with the caller's rights",
    setup: "create function app.run(sql text) returns void language plpgsql as 'begin execute sql; end'",
    attack: "select app.run('create table app.pwned()')",
  },
  {
    name: "a definer that may not be executed",
    setup:
      "create function app.run(sql text) returns void language plpgsql security definer as 'begin execute sql; end'; revoke all on function app.run(text) from public",
    attack: "select app.run('create table app.pwned()')",
  },
  {
    name: "a view of the application's tables, with a catalog in a condition",
    setup:
      "create view app.v as select * from app.users where name in (select rolname from pg_roles); grant select, update on app.v to {rw}",
    attack: "update app.v set name = '{app}'; alter table app.users add column pwned int",
  },
  {
    name: "a view over pg_authid of an owner who is no superuser",
    setup:
      "grant select, update on pg_authid to {owner}; create view app.logins as select * from pg_authid; alter view app.logins owner to {owner}; grant select, update on app.logins to {app}",
    attack: "update app.logins set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },
  {
    name: "a view over pg_authid that reads as its caller",
    since: 15,
    setup:
      "create view app.logins with (security_invoker = true) as select * from pg_authid; grant select, update on app.logins to {app}; grant select, update on pg_authid to {app}",
    attack: "update app.logins set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },
  {
    name: "a superuser's view over pg_authid, to read",
    setup: "create view app.logins as select * from pg_authid; grant select on app.logins to {app}",
    attack: "update app.logins set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },
  {
    name: "pg_write_all_data",
    setup: "grant pg_write_all_data, pg_read_all_data to {app}",
    attack: "update pg_authid set rolsuper = true where rolname = '{app}'; create table app.pwned()",
  },
  {
    name: "pg_monitor",
    setup: "grant pg_monitor, pg_signal_backend to {app}",
    attack: "create table app.pwned()",
  },
  {
    name: "pg_create_subscription alone",
    since: 16,
    setup: "grant pg_create_subscription to {app}",
    attack: "create subscription pwned connection 'dbname=x password=y' publication p with (connect = false)",
  },
  {
    name: "create on a tablespace",
    setup: "grant create on tablespace pg_default to {app}",
    attack: "create table app.pwned() tablespace pg_default; alter table app.users set tablespace pg_default",
  },
  {
    name: "dblink without credentials",
    setup: "create extension dblink schema app",
    attack:
      "select app.dblink_exec('host={socket} port={port} dbname={db} user={superuser}', 'create table app.pwned()')",
  },
  {
    name: "default privileges of a role that cannot create",
    setup: "alter default privileges for role {other} in schema app grant all on tables to {rw}",
    attack: "create table app.pwned()",
    proof: "select false",
  },
  {
    name: "default privileges as they are meant to be",
    setup:
      "alter default privileges for role {owner} in schema app grant select, insert, update, delete on tables to {rw}",
    attack:
      "create trigger pwned before update on app.next for each row execute function suppress_redundant_updates_trigger()",
    afterwards: "create table app.next ()",
  },
  {
    name: "default privileges of its own",
    setup: "alter default privileges for role {app} grant all on tables to public",
    attack: "create table app.pwned()",
  },
  {
    name: "bypassrls",
    setup: "alter role {app} bypassrls",
    attack: "create table app.pwned()",
  },
  { name: "replication", setup: "alter role {app} replication", attack: "create table app.pwned()" },
  {
    name: "temp",
    setup: "grant temporary on database {db} to {app}",
    attack: "create temp table pwned (a int); create table app.pwned()",
  },
  {
    name: "a large object of its own",
    setup: "select 1",
    attack: "select lo_create(0); create table app.pwned()",
  },
  {
    name: "a setting of its own",
    setup: "alter role {app} set search_path = app",
    attack: "alter role {app} set statement_timeout = '1s'; create table app.pwned()",
  },
  {
    name: "set on a parameter",
    since: 15,
    setup: "grant set on parameter log_min_duration_statement to {app}",
    attack: "set log_min_duration_statement = 0; alter system set log_min_duration_statement = '987655'",
    proof: "select exists (select from pg_file_settings where setting = '987655')",
  },
  {
    name: "row security with a policy that calls a definer of constants",
    setup: `create function app.tenant() returns int language sql stable security definer set search_path = app, pg_temp as 'select 1'; alter function app.tenant() owner to {owner};
            alter table app.users enable row level security; create policy p on app.users using (id = app.tenant())`,
    attack: "select * from app.users; drop policy p on app.users; create table app.pwned()",
  },
  {
    name: "inherits from a superuser that owns nothing",
    since: 16,
    setup: "create role {group} superuser; grant {group} to {app} with inherit true, set false",
    attack: "set role {group}; create table app.pwned(); create role {pwned}",
  },
  {
    name: "a trigger that fires on replicas only",
    setup: `create function app.log() returns trigger language plpgsql security definer as $f$ begin execute new.name; return new; end $f$; alter function app.log() owner to {owner};
            revoke all on function app.log() from public; create trigger t before insert on app.users for each row execute function app.log(); alter table app.users enable replica trigger t`,
    attack: "insert into app.users (name) values ('create table app.pwned()')",
  },
  {
    name: "default privileges of a migrator that makes nothing as itself",
    setup: "alter default privileges for role {migrator} in schema app grant all on tables to {rw}",
    attack:
      "create trigger pwned before update on app.next for each row execute function suppress_redundant_updates_trigger()",
    afterwards: "create table app.next ()",
  },
  {
    name: "dynamic SQL from a table that cannot be written",
    setup: `create table app.reports (id int, query text); alter table app.reports owner to {owner}; grant select on app.reports to {rw};
            create function app.report(n int) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare q text; begin select query into q from app.reports where id = n; execute q; end $f$; alter function app.report(int) owner to {owner}`,
    attack: "insert into app.reports values (1, 'create table app.pwned()'); select app.report(1)",
  },
  {
    name: "a word that must be one of a few",
    setup: `create function app.list(c text) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin if c not in ('id', 'name') then raise exception 'no column %', c; end if; execute 'select id from app.users order by ' || c; end $f$; alter function app.list(text) owner to {owner}`,
    attack: "select app.list('id; create table app.pwned()')",
  },
  {
    name: "a word that must be a plain one",
    setup: `create function app.list(c text) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin if c !~ '^[a-z_]+$' then raise exception 'no column %', c; end if; execute 'select id from app.users order by ' || c; end $f$; alter function app.list(text) owner to {owner}`,
    attack: "select app.list('id; create table app.pwned()')",
  },
  {
    name: "an empty path and a loop over records, with temp",
    setup: `grant temporary on database {db} to {app}; create function app.tidy() returns int language plpgsql security definer set search_path = '' as
            $f$ declare r record; n int := 0; begin for r in select id from app.users loop n := n + r.id; end loop; return n; end $f$; alter function app.tidy() owner to {owner}`,
    attack:
      "create domain pg_temp.record as int check (value > 0); select app.tidy(); create table app.pwned()",
  },
  {
    name: "objects that everybody may have: large objects, user mappings, temporary tables",
    setup: `grant temporary on database {db} to {app}; select lo_create(4712); alter large object 4712 owner to {app}; create extension postgres_fdw;
            create server s foreign data wrapper postgres_fdw; create user mapping for {app} server s; set session authorization {app}; create temp table mine (a int); create type pg_temp.kind as enum ('a'); reset session authorization`,
    attack: "select lo_unlink(4712); create table app.pwned()",
  },
  {
    name: "predefined roles that only read or operate",
    setup: "grant pg_read_server_files, pg_read_all_settings, pg_stat_scan_tables, pg_read_all_data to {app}",
    attack: "create table app.pwned(); copy (select 1) to '{file}'",
  },
  {
    name: "columns put together from the catalogs",
    setup: `create function app.dump(t regclass) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare cols text; begin select string_agg(quote_ident(attname), ', ') into cols from pg_catalog.pg_attribute where attrelid = t and attnum > 0;
                execute format('select %s from %s', cols, t); end $f$; alter function app.dump(regclass) owner to {owner}`,
    attack: "select app.dump('app.users'); select app.dump('app.users; create table app.pwned()')",
  },
  {
    name: "a row trigger whose number is concatenated",
    setup: `create function app.log() returns trigger language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute 'insert into app.audit_log (note) values (' || new.id || ')'; return new; end $f$; alter function app.log() owner to {owner};
            revoke all on function app.log() from public; create trigger t before insert on app.users for each row execute function app.log()`,
    attack: "insert into app.users (id, name) values (9, 'x''); create table app.pwned(); --')",
  },
  {
    name: "a definer that only another may execute",
    setup: `create function app.run(q text) returns void language plpgsql security definer as 'begin execute q; end'; revoke all on function app.run(text) from public;
            grant execute on function app.run(text) to {other}; alter function app.run(text) owner to {owner}`,
    attack: "select app.run('create table app.pwned()')",
  },
]
