import type { AttackCase } from "../attack-case.ts"

/** A function of the owner's in schema `app`, in PL/pgSQL, run with its rights. */
function definer(signature: string, body: string, more = "", returns = "void"): string {
  const [name = ""] = signature.split("(")
  const block = /^(begin|declare)/.test(body) ? body : `begin ${body}; end`
  return `create function ${signature} returns ${returns} language plpgsql security definer ${more} as $body$ ${block} $body$;
    alter function ${name} owner to {owner};`
}

function helper(signature: string, body: string, returns = "void", more = ""): string {
  return definer(signature, body, more, returns).replace("security definer", "")
}

const temp = "grant temporary on database {db} to {app};"
const pinned = "set search_path = pg_catalog, pg_temp"
const pwn = "create table app.pwned()"
/** What is tried on whatever takes one text. */
const tries = `select app.f('${pwn}'); select app.f('1; ${pwn}'); select app.f('1; ${pwn}; --'); select app.f($q$'; ${pwn}; --$q$); select app.f($q$"; ${pwn}; --$q$);
  select app.f('id; ${pwn}'); select app.f(' asc; ${pwn}'); select app.f(chr(10) || '${pwn}; --'); select app.f('id' || chr(10) || '; ${pwn}; --')`
/** A domain of the caller's by the name of a type. */
const fakeType = (name: string) =>
  `create or replace function pg_temp.evil() returns int language plpgsql as $$begin if to_regclass('app.pwned') is null then create table app.pwned(); end if; return 1; end$$;
   create domain pg_temp.${name} as pg_catalog.${name} check (pg_temp.evil() > 0);`
const shadow = (name: string) =>
  `create or replace function pg_temp.evil() returns int language plpgsql as $$begin if to_regclass('app.pwned') is null then create table app.pwned(); end if; return 1; end$$;
   create temp view ${name} as select pg_temp.evil() as id, 'x'::varchar as name, 'x'::varchar as note; grant all on ${name} to public;`
const maintenance = `create function app.maintain() returns int language plpgsql as 'begin create table app.pwned(); return 1; end';
  alter function app.maintain() owner to {owner}; revoke all on function app.maintain() from public;`

export const thirdLookalikes: readonly AttackCase[] = [
  // Text that cannot be anything else
  {
    name: "a word through a strict domain",
    setup: `create domain app.word as text check (value ~ '^[a-z_]+$'); alter domain app.word owner to {owner};
      ${definer("app.f(w app.word)", "execute 'select ' || w || ' from app.users'")}`,
    attack: tries,
  },
  {
    name: "a text as a number, in the text",
    setup: definer("app.f(w text)", "execute 'select * from app.users limit ' || w::int"),
    attack: tries,
  },
  {
    name: "a digest of a text",
    setup: definer("app.f(w text)", "execute 'select ''' || md5(w) || ''''"),
    attack: tries,
  },
  {
    name: "a digest in hexadecimal",
    setup: definer(
      "app.f(w text)",
      "execute format('select %s from app.users', length(w)); execute 'select ''' || encode(sha256(convert_to(w, 'UTF8')), 'hex') || ''''",
    ),
    attack: tries,
  },
  {
    name: "digits only, with an early return",
    setup: definer(
      "app.f(w text)",
      "begin if w is null or w !~ '^[0-9]+$' then return; end if; execute 'select ' || w; end",
    ),
    attack: tries,
  },
  {
    name: "only inside the condition",
    setup: definer(
      "app.f(w text)",
      "begin if w ~ '^[a-z_]+$' then execute 'select ' || w || ' from app.users'; else raise notice 'no: %', w; end if; end",
    ),
    attack: tries,
  },
  {
    name: "only behind ELSE",
    setup: definer(
      "app.f(w text)",
      "begin if w ~ '[^a-z]' then raise notice 'no'; else execute 'select ' || w || ' from app.users'; end if; end",
    ),
    attack: tries,
  },
  {
    name: "one of two words, in any case",
    setup: definer(
      "app.f(w text)",
      "begin if lower(w) not in ('asc', 'desc') or w is null then raise exception 'no'; end if; execute 'select from app.users order by id ' || w; end",
    ),
    attack: tries,
  },
  {
    name: "one of an array of words",
    setup: definer(
      "app.f(w text)",
      "begin if not coalesce(w = any (array['id', 'name']), false) then raise exception 'no'; end if; execute 'select ' || w || ' from app.users'; end",
    ),
    attack: tries,
  },
  {
    name: "one of an array of words that are a constant of the function",
    setup: definer(
      "app.f(w text)",
      "declare allowed constant text[] := array['id', 'name']; begin if w = any (allowed) then execute 'select ' || w || ' from app.users'; end if; end",
    ),
    attack: tries,
  },
  {
    name: "similar to a word",
    setup: definer(
      "app.f(w text)",
      "begin if w similar to '[a-z]+' then execute 'select ' || w || ' from app.users'; end if; end",
    ),
    attack: tries,
  },
  {
    name: "all but letters is taken out",
    setup: definer("app.f(w text)", "execute 'select 1 as ' || regexp_replace('x' || w, '[^a-z]', '', 'g')"),
    attack: tries,
  },
  {
    name: "all but word characters is taken out",
    setup: definer("app.f(w text)", String.raw`execute 'select 1 as x' || regexp_replace(w, '\W', '', 'g')`),
    attack: tries,
  },
  {
    name: "no character that is none of a word's",
    setup: definer(
      "app.f(w text)",
      "begin if w !~ '[^a-z_]' then execute 'select ' || w || ' from app.users'; end if; end",
    ),
    attack: tries,
  },
  {
    name: "a column that the catalog knows",
    setup: definer(
      "app.f(w text)",
      "declare c text; begin select attname into c from pg_catalog.pg_attribute where attrelid = 'app.users'::regclass and attnum > 0 and attname = w; if c is null then raise exception 'no'; end if; execute 'select ' || c || ' from app.users'; end",
    ),
    attack: tries,
  },
  {
    name: "a column that the catalog knows, asked with EXISTS",
    setup: definer(
      "app.f(w text)",
      "begin if not exists (select from pg_catalog.pg_attribute where attrelid = 'app.users'::regclass and attname = w) then raise exception 'no'; end if; execute format('select max(%I) from app.users', w); end",
    ),
    attack: tries,
  },
  {
    name: "a query by its name, from a table that only the owner writes",
    setup: `create table app.reports (name text, sql text); alter table app.reports owner to {owner}; grant select on app.reports to {rw}; insert into app.reports values ('one', 'select 1');
      ${definer("app.f(w text)", "declare q text; begin select sql into strict q from app.reports where name = w; execute q; end")}`,
    attack: tries,
  },
  {
    name: "quoted, kept in a variable and then put in",
    setup: definer(
      "app.f(w text)",
      "declare q text; begin q := quote_literal(w); q := 'select ' || q; q := q || ' from app.users'; execute q; end",
    ),
    attack: tries,
  },
  {
    name: "double quotes that are doubled by hand, between double quotes",
    setup: definer("app.f(w text)", `execute 'select 1 as "' || replace('x' || w, '"', '""') || '"'`),
    attack: tries,
  },
  {
    name: "a helper that quotes",
    setup:
      helper("app.lit(w text)", "begin return format('select %L', w); end", "text") +
      definer("app.f(w text)", "execute app.lit(w)"),
    attack: tries,
  },
  {
    name: "a helper in SQL that quotes",
    setup: `create function app.lit(w text) returns text language sql as $$ select 'select ' || quote_literal(w) $$; alter function app.lit owner to {owner}; ${definer("app.f(w text)", "execute app.lit(w)")}`,
    attack: tries,
  },
  {
    name: "a list of quoted columns",
    setup: definer(
      "app.f(cols text[])",
      "execute (select 'select ' || string_agg(quote_ident(c), ', ') || ' from app.users' from unnest(cols) as c)",
    ),
    attack: `select app.f(array['id', 'name; ${pwn}']); select app.f(array['id"; ${pwn}; --'])`,
  },
  {
    name: "a list of quoted values by format",
    setup: definer(
      "app.f(vals text[])",
      "declare list text; begin select string_agg(format('(%L)', v), ', ') into list from unnest(vals) as v; execute 'insert into app.audit_log (note) values ' || list; end",
    ),
    attack: `select app.f(array['a', $q$'); ${pwn}; --$q$])`,
  },
  {
    name: "sets of columns from the keys of JSON, quoted",
    setup: definer(
      "app.f(doc jsonb)",
      "declare sets text; begin select string_agg(format('%I = %L', key, value), ', ') into sets from jsonb_each_text(doc); execute 'update app.users set ' || sets; end",
    ),
    attack: `insert into app.users (name) values ('a'); select app.f(jsonb_build_object('name', $q$'; ${pwn}; --$q$)); select app.f(jsonb_build_object('name = 1; ${pwn}; --', 'a'))`,
  },
  {
    name: "a number out of a JSON document",
    setup: definer("app.f(doc jsonb)", "execute 'select * from app.users limit ' || (doc ->> 'n')::bigint"),
    attack: `select app.f(jsonb_build_object('n', '1; ${pwn}'))`,
  },
  {
    name: "an interval in quotes",
    setup: definer("app.f(i interval)", "execute 'select now() - ''' || i || '''::interval'"),
    attack: "select app.f('1 day')",
  },
  {
    name: "an address",
    setup: definer("app.f(a inet)", "execute 'select ''' || a || ''''"),
    attack: "select app.f('127.0.0.1')",
  },
  {
    name: "bits and a point",
    setup: definer(
      "app.f(a bit varying, p point)",
      "execute 'select ''' || a || ''', ''' || p::text || '''::point'",
    ),
    attack: "select app.f('101', '(1,2)')",
  },
  {
    name: "a range of numbers",
    setup: definer(
      "app.f(r int4range)",
      "execute format('select from app.users where id <@ ''%s''::int4range', r)",
    ),
    attack: "select app.f('[1,2)')",
  },
  {
    name: "a table by its oid, without temp",
    setup: definer("app.f(t regclass)", "execute 'select count(*) from ' || t"),
    attack: `${tries}; select app.f('pg_authid'::regclass)`,
  },
  {
    name: "a type by its oid, without temp",
    setup: definer("app.f(t regtype)", "execute 'select null::' || t"),
    attack: "select app.f('text'::regtype); select app.f('app.users'::regtype)",
  },
  {
    name: "a table's name, from a number",
    setup: definer(
      "app.f(y int)",
      "begin if y not between 2000 and 2100 then raise exception 'no'; end if; execute format('select count(*) from app.%I', 'users_' || y); end",
    ),
    attack: "select app.f(2020)",
  },
  {
    name: "a partition's name, from the row's date",
    setup: `create table app.events (at date, note text); alter table app.events owner to {owner}; grant select, insert on app.events to {rw};
      create table app.events_2020 (like app.events); alter table app.events_2020 owner to {owner};
      ${definer("app.route()", "begin execute format('insert into app.%I select ($1).*', 'events_' || to_char(new.at, 'YYYY')) using new; return null; end", "", "trigger")}
      create trigger t before insert on app.events for each row execute function app.route()`,
    attack: `insert into app.events values ('2020-01-01', $q$'; ${pwn}; --$q$)`,
  },
  {
    name: "the row as a quoted literal",
    setup: `${definer("app.keep()", "begin execute 'insert into app.audit_log (note) select (' || quote_literal(new) || '::app.users).name'; return new; end", "", "trigger")}
      create trigger t after insert on app.users for each row execute function app.keep()`,
    attack: `insert into app.users (name) values ($q$'; ${pwn}; --$q$)`,
  },
  {
    name: "the columns of the row from the catalog, its values quoted",
    setup: `${definer("app.keep()", "declare c name; begin for c in select attname from pg_catalog.pg_attribute where attrelid = tg_relid and attnum > 0 and not attisdropped loop execute format('insert into app.audit_log (note) select ($1).%I::text', c) using new; end loop; return new; end", "", "trigger")}
      create trigger t after insert on app.users for each row execute function app.keep()`,
    attack: `insert into app.users (name) values ($q$'; ${pwn}; --$q$)`,
  },
  {
    name: "a comment of the owner's table is run",
    setup: `comment on table app.users is 'select 1'; ${definer("app.f(w text)", "execute obj_description('app.users'::regclass, 'pg_class')")}`,
    attack: `comment on table app.users is '${pwn}'; ${tries}`,
  },
  {
    name: "the rows of a catalog that the caller has no part in",
    setup: definer(
      "app.f(w text)",
      "declare t text; begin for t in select format('%I.%I', schemaname, tablename) from pg_catalog.pg_tables where schemaname = 'app' loop execute 'analyze ' || t; end loop; end",
    ),
    attack: tries,
  },
  // Who asks
  {
    name: "who logged in must be able to become the owner",
    setup: definer(
      "app.f(q text)",
      "begin if not pg_has_role(session_user, '{owner}', 'member') then raise exception 'no'; end if; execute q; end",
    ),
    attack: tries,
  },
  {
    name: "who logged in must be the migrator",
    setup: definer(
      "app.f(q text)",
      "begin if session_user <> '{migrator}' then raise exception 'no'; end if; execute q; end",
    ),
    attack: `${tries}; set role {app}; ${tries}`,
  },
  {
    name: "a function with SET role among its settings, with the caller's rights",
    setup: `create function app.f(q text) returns void language plpgsql set role = {owner} as $$ begin execute q; end $$; alter function app.f owner to {owner}`,
    attack: tries,
  },
  {
    name: "the caller's rights, run as it was asked",
    setup: helper("app.f(q text)", "begin execute q; end"),
    attack: tries,
  },
  {
    name: "for the migrator only, in a schema for all",
    setup: `${definer("app.f(q text)", "begin execute q; end")} revoke all on function app.f from public; grant execute on function app.f to {migrator}`,
    attack: tries,
  },
  // Cursors and prepared statements
  {
    name: "a definer opens a cursor that the caller reads",
    setup: `${maintenance} ${definer("app.f(c refcursor)", "begin open c for select id, name from app.users; return c; end", pinned, "refcursor")}`,
    attack: "select app.f('c'); fetch all from c; select app.maintain()",
  },
  {
    name: "a definer runs a prepared statement that it prepared itself",
    setup: definer(
      "app.f(n int)",
      "begin deallocate all; prepare own (int) as select count(*) from app.users where id = $1; execute format('execute own(%s)', n); deallocate own; end",
      pinned,
    ),
    attack: "prepare own as select 1; select app.f(1)",
  },
  // With temp
  {
    name: "an empty path and only types that are words of the grammar, with temp",
    setup: `${temp} ${definer("app.f(n int)", "declare a bigint; b boolean; c varchar(10); d timestamp; begin a := n::integer; b := a > 1; c := a::varchar; d := now(); return a; end", "set search_path = ''", "bigint")}`,
    attack: `${fakeType("int8")} ${fakeType("bool").split(";").at(-2)}; select app.f(1)`,
  },
  {
    name: "the path is set in the body, and no type before it, with temp",
    setup: `${temp} ${definer("app.f(n int)", "declare m int; begin set local search_path = app, pg_temp; select max(id) into m from users; return m; end", "", "int")}`,
    attack: `${shadow("users")} select app.f(1)`,
  },
  {
    name: "a type taken from a column, with temp",
    setup: `${temp} ${definer("app.f(n int)", "declare v app.users.name%type; r app.users%rowtype; begin select name into v from app.users where id = n; return 1; end", "set search_path = app, pg_temp", "int")}`,
    attack: `${fakeType("text")} select app.f(1)`,
  },
  {
    name: "a loop over numbers, with temp",
    setup: `${temp} ${definer("app.f(n int)", "declare m int := 0; begin for i in 1 .. n loop m := m + i; end loop; return m; end", "", "int")}`,
    attack: `${fakeType("int4")} select app.f(3)`,
  },
  {
    name: "a sequence by its bare name, pinned, with temp",
    setup: `${temp} create sequence app.numbers; alter sequence app.numbers owner to {owner}; ${definer("app.f()", "begin return nextval('app.numbers'); end", pinned, "bigint")}`,
    attack: `${fakeType("regclass")} create temp sequence numbers; select app.f()`,
  },
  {
    name: "a helper without a path of its own, called from a pinned one, with temp",
    setup: `${temp} ${helper("app.top()", "begin return (select max(id) from users); end", "bigint")} ${definer("app.f()", "begin return app.top(); end", "set search_path = app, pg_temp", "bigint")}`,
    attack: `${shadow("users")} select app.f()`,
  },
  {
    name: "a definer that makes a temporary table anew and fills it, with temp",
    setup: `${temp} ${definer("app.f()", "begin drop table if exists pg_temp.staging; create temp table staging (n int) on commit drop; insert into pg_temp.staging values (1); end", pinned)}`,
    attack: `${shadow("staging")} select app.f()`,
  },
  {
    name: "a fixed path, a record and a whole row, with temp",
    setup: `${temp} ${definer("app.f(n int)", "declare r record; begin select * into r from app.users where id = n; return r.id; end", pinned, "int")}`,
    attack: `${shadow("users")} select app.f(1)`,
  },
  {
    name: "a bound body over a bound view, with temp",
    setup: `${temp} create view app.v as select max(id) as n from app.users; alter view app.v owner to {owner};
      create function app.f() returns int language sql security definer begin atomic select n from app.v; end; alter function app.f owner to {owner}`,
    attack: `${shadow("users")} ${shadow("v").split(";").slice(-3).join(";")} select app.f()`,
  },
  {
    name: "an argument of any type, counted, with temp",
    setup: `${temp} ${definer("app.f(x anyarray)", "begin return cardinality(x); end", pinned, "int")}`,
    attack:
      "select app.f(array[1,2]); create type pg_temp.mine as (a int); select app.f(array[row(1)::pg_temp.mine])",
  },
  {
    name: "an argument of any type as text, without temp",
    setup: definer(
      "app.f(x anyelement)",
      "begin insert into app.audit_log (note) values (x::text); end",
      pinned,
    ),
    attack: `select app.f(1); select app.f('${pwn}'::text); select app.f(row(1, 'a'))`,
  },
  // Definers that do something unusual, which is not the caller's to choose
  {
    name: "reindex, written out",
    setup: definer("app.f()", "reindex table app.users", pinned),
    attack: "select app.f()",
  },
  {
    name: "truncate, written out",
    setup: definer("app.f()", "truncate app.audit_log", pinned),
    attack: "select app.f()",
  },
  {
    name: "a lock and a time limit",
    setup: definer(
      "app.f(n int)",
      "begin set local lock_timeout = '1s'; lock table app.users in share mode; perform pg_advisory_xact_lock(n); end",
      pinned,
    ),
    attack: "select app.f(1)",
  },
  {
    name: "a message on a channel of the caller's",
    setup: definer("app.f(c text, m text)", "begin perform pg_notify(c, m); end", pinned),
    attack: `select app.f('x', '${pwn}')`,
  },
  {
    name: "a sequence set to a number",
    setup: `create sequence app.numbers; alter sequence app.numbers owner to {owner}; ${definer("app.f(n bigint)", "begin perform setval('app.numbers', n); end", pinned)}`,
    attack: "select app.f(7)",
  },
  {
    name: "the size of what the caller names",
    setup: definer(
      "app.f(t text)",
      "begin return pg_total_relation_size(t::regclass); end",
      pinned,
      "bigint",
    ),
    attack: `${tries}; select app.f('app.users')`,
  },
  {
    name: "what rights somebody has",
    setup: definer(
      "app.f(t text)",
      "begin return has_table_privilege(session_user, t, 'select'); end",
      pinned,
      "bool",
    ),
    attack: `${tries}; select app.f('app.users')`,
  },
  {
    name: "the source of a function",
    setup: definer("app.f(t text)", "begin return pg_get_functiondef(t::regprocedure); end", pinned, "text"),
    attack: `${tries}; select app.f('app.f(text)')`,
  },
  {
    name: "an upsert with what the caller gives",
    setup: `create table app.settings (key text primary key, value jsonb); alter table app.settings owner to {owner};
      ${definer("app.f(k text, v jsonb)", "begin insert into app.settings values (k, v) on conflict (key) do update set value = excluded.value; end", pinned)}`,
    attack: `select app.f('${pwn}', '1')`,
  },
  {
    name: "a merge with what the caller gives",
    since: 15,
    setup: definer(
      "app.f(i int, n text)",
      "begin merge into app.users u using (select i as id, n as name) s on u.id = s.id when matched then update set name = s.name when not matched then insert (id, name) values (s.id, s.name); end",
      pinned,
    ),
    attack: `select app.f(1, '${pwn}'); select app.f(1, '${pwn}')`,
  },
  {
    name: "a search with a pattern of the caller's",
    setup: definer(
      "app.f(w text)",
      "begin return query select id from app.users where name ~ w or name like '%' || w || '%'; end",
      pinned,
      "setof int",
    ),
    attack: tries,
  },
  {
    name: "rows of an XML and of a JSON document",
    setup: definer(
      "app.f(d jsonb)",
      "begin insert into app.users (name) select x.name from jsonb_to_recordset(d) as x (name varchar); end",
      pinned,
    ),
    attack: `select app.f(jsonb_build_array(jsonb_build_object('name', '${pwn}')))`,
  },
  {
    name: "a message with the caller's text",
    setup: definer(
      "app.f(w text)",
      "begin raise notice 'execute %', w using detail = w, hint = 'create table'; end",
      pinned,
    ),
    attack: tries,
  },
  {
    name: "a superuser copies a table to a fixed file",
    setup: `create function app.f() returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin copy app.audit_log to '{file}'; end $$`,
    attack: "insert into app.audit_log (note) values ('a'); select app.f()",
  },
  {
    name: "a superuser reads a fixed program's output",
    setup: `create function app.f() returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin copy app.audit_log (note) from program 'echo a'; end $$`,
    attack: "select app.f()",
  },
  {
    name: "a superuser's function that reloads the configuration",
    setup: `create function app.f() returns bool language sql security definer set search_path = pg_catalog, pg_temp as $$ select current_setting('is_superuser') = 'off' $$`,
    attack: "select app.f()",
  },
  {
    name: "a superuser's function with fixed settings",
    setup: `create function app.f(i int) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp set session_replication_role = replica as $$ begin delete from app.users where id = i; end $$`,
    attack: "select app.f(1)",
  },
  {
    name: "a superuser's function that says which extensions there are",
    setup: `create function app.f() returns setof text language sql security definer set search_path = pg_catalog, pg_temp as $$ select extname::text from pg_extension $$`,
    attack: "select * from app.f()",
  },
  // Rules, policies, views, indexes
  {
    name: "a rule that calls a function of the owner's",
    setup: `${maintenance} create rule r as on insert to app.users do also select app.maintain()`,
    attack: "insert into app.users (name) values ('a')",
  },
  {
    name: "an index on a definer that may not be executed",
    setup: `create function app.norm(t text) returns text language plpgsql security definer immutable as $$ begin execute t; return t; end $$; alter function app.norm owner to {owner};
      revoke all on function app.norm from public; create index on app.users (app.norm(name))`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a generated column of a definer that may not be executed",
    setup: `create function app.norm(t text) returns text language plpgsql security definer immutable as $$ begin execute t; return t; end $$; alter function app.norm owner to {owner};
      revoke all on function app.norm from public; alter table app.users add column g text generated always as (app.norm(name)) stored`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a policy with a lookup in a table of the owner's",
    setup: `create table app.tenants (role name); alter table app.tenants owner to {owner}; grant select on app.tenants to {rw}; alter table app.users enable row level security;
      create policy p on app.users using (exists (select from app.tenants where role = current_user)) with check (true)`,
    attack: `insert into app.users (name) values ('${pwn}'); select * from app.users`,
  },
  {
    name: "a policy by a setting of the session",
    setup: `alter table app.users enable row level security; alter table app.users force row level security; create policy p on app.users using (name = current_setting('app.tenant', true))`,
    attack: `set app.tenant = '${pwn}'; insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "an index of a function that only folds words",
    setup: `${helper("app.norm(t text)", "begin return lower(trim(t)); end", "text")} alter function app.norm immutable; create index on app.users (app.norm(name)); create statistics app.st on app.norm(name), id from app.users`,
    attack: `insert into app.users (name) values ('${pwn}')`,
    afterwards: "reindex table app.users; analyze app.users",
  },
  {
    name: "a trigger with the caller's rights that keeps the time and the user",
    setup: `${helper("app.touch()", "begin new.name := coalesce(new.name, '') || ' ' || current_user; return new; end", "trigger")} create trigger t before insert or update on app.users for each row execute function app.touch()`,
    attack: `insert into app.users (name) values ('${pwn}')`,
    afterwards: "update app.users set name = name",
  },
  {
    name: "a trigger that only fires where its table is named in its arguments",
    setup: `${helper("app.tsv()", "begin return new; end", "trigger")} create trigger t before insert on app.users for each row when (new.name is not null) execute function app.tsv('name', 'pg_catalog.english')`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a trigger of notifications with the row as JSON",
    setup: `${definer("app.tell()", "begin perform pg_notify('users', json_build_object('op', tg_op, 'row', to_jsonb(new))::text); return null; end", pinned, "trigger")} create trigger t after insert on app.users for each row execute function app.tell()`,
    attack: `insert into app.users (name) values ('${pwn}')`,
  },
  {
    name: "a materialized view of sums",
    setup: `create materialized view app.totals as select count(*) as n, max(name) as m from app.users; alter materialized view app.totals owner to {owner}; grant select on app.totals to {rw}`,
    attack: `insert into app.users (name) values ('${pwn}')`,
    afterwards: "refresh materialized view app.totals",
  },
  {
    name: "a view over definers of constants",
    setup: `${definer("app.version()", "begin return 7; end", pinned, "int")} create view app.v as select app.version() as n; alter view app.v owner to {owner}; grant select on app.v to {rw}`,
    attack: "select * from app.v",
  },
  // Grants
  {
    name: "all on what only can be read and written",
    setup: `create sequence app.numbers; alter sequence app.numbers owner to {owner}; grant all on sequence app.numbers to {rw}; create type app.state as enum ('a'); alter type app.state owner to {owner}; grant all on type app.state to {rw};
      ${helper("app.one()", "begin return 1; end", "int")} grant all on function app.one() to {rw}; grant all on language plpgsql to {rw}; grant all on tablespace pg_default to {rw}`,
    attack: `alter type app.state add value 'pwned'; alter sequence app.numbers rename to pwned; ${pwn}`,
  },
  {
    name: "all on a large object",
    setup:
      "select lo_create(424242); alter large object 424242 owner to {owner}; grant all on large object 424242 to {app}",
    attack: "alter large object 424242 owner to {app}; select lo_put(424242, 0, 'x')",
  },
  {
    name: "update on the columns of a table",
    setup:
      "revoke all on app.users from {rw}; grant select (id, name), insert (name), update (name), references (id) on app.users to {rw}",
    attack: `update app.users set name = 'x'; ${pwn}`,
  },
  {
    name: "set on a parameter that only a reload changes",
    since: 15,
    setup: "grant set on parameter archive_command to {app}",
    attack: "set archive_command = 'x'; alter system set archive_command = 'x'",
    proof: "select exists (select from pg_file_settings where name = 'archive_command')",
  },
  {
    name: "set on what is written to the log",
    since: 15,
    setup:
      "grant set on parameter log_statement, log_min_duration_statement, track_functions, deadlock_timeout, temp_file_limit to {app}",
    attack: `set log_statement = 'all'; alter system set log_statement = 'none'; ${pwn}`,
  },
  {
    name: "functions of the server that operators were given",
    setup:
      "grant execute on function pg_reload_conf(), pg_rotate_logfile(), pg_switch_wal(), pg_create_restore_point(text), pg_stat_reset(), pg_promote(boolean, integer) to {app}",
    attack: `select pg_create_restore_point('pwned'); select pg_stat_reset(); ${pwn}`,
  },
  {
    name: "functions of the server that read",
    setup:
      "grant execute on function pg_ls_dir(text), pg_ls_logdir(), pg_ls_waldir(), pg_stat_file(text), pg_hba_file_rules(), pg_show_all_file_settings(), pg_current_logfile() to {app}; grant select on pg_hba_file_rules, pg_file_settings, pg_shadow, pg_config to {app}",
    attack: `select count(*) from pg_ls_dir('.'); select * from pg_shadow; ${pwn}`,
  },
  {
    name: "reading of files and of the passwords' digests",
    setup:
      "grant execute on function pg_read_file(text), pg_read_binary_file(text) to {app}; grant select on pg_authid, pg_user_mapping, pg_statistic to {app}",
    attack: `select pg_read_file('PG_VERSION'); select rolpassword from pg_authid; ${pwn}`,
  },
  {
    name: "usage on schemas, everywhere",
    setup:
      "grant usage on schema public, information_schema, pg_catalog to {app}; create schema other_{app}; grant usage on schema other_{app} to public",
    attack: "create table public.pwned (); create table other_{app}.pwned ()",
  },
  {
    name: "select and write on all tables of other schemas",
    setup: `create schema "Other {app}" authorization {owner}; create table "Other {app}"."T ""x""" (id int); alter table "Other {app}"."T ""x""" owner to {owner};
      grant usage on schema "Other {app}" to {rw}; grant select, insert, update, delete, truncate on all tables in schema "Other {app}" to {rw}`,
    attack: `create table "Other {app}".pwned (); alter table "Other {app}"."T ""x""" add pwned int`,
  },
  {
    name: "trigger and maintain for the migrator, and create for the owner",
    setup:
      "grant trigger on app.users to {migrator}; grant create on schema app to {migrator}; grant create on database {db} to {owner}",
    attack: `${pwn}; create trigger pwned before insert on app.users for each row execute function suppress_redundant_updates_trigger()`,
  },
  {
    name: "a server and user mapping for others",
    setup:
      "create extension postgres_fdw; create server {group} foreign data wrapper postgres_fdw; create user mapping for {migrator} server {group} options (user 'x', password 'y'); grant usage on foreign server {group} to {migrator}",
    attack: "create user mapping for {app} server {group}; select umoptions from pg_user_mappings",
    proof: "select exists (select from pg_user_mappings where usename = '{app}' and srvname = '{group}')",
  },
  {
    name: "a foreign table of a server that it may not use, to read",
    setup:
      "create extension postgres_fdw; create server {group} foreign data wrapper postgres_fdw; create foreign table app.remote (id int) server {group}; alter foreign table app.remote owner to {owner}; grant select on app.remote to {rw}",
    attack: "create user mapping for {app} server {group}; alter foreign table app.remote add pwned int",
  },
  // Membership
  {
    name: "the migrator's privileges without the way to the owner",
    since: 16,
    setup: "grant {migrator} to {app} with inherit true, set false",
    attack: `set role {owner}; set role {migrator}; ${pwn}`,
  },
  {
    name: "a group that may set the owner, which it may not become",
    since: 16,
    setup:
      "create role {group}; grant {owner} to {group} with inherit false, set true; grant {group} to {app} with inherit true, set false",
    attack: `set role {group}; set role {owner}; ${pwn}`,
  },
  {
    name: "a group named like a cloud's superuser",
    setup: `create role "rds_superuser_{app}"; create role "cloudsqlsuperuser_{app}" nologin; grant "rds_superuser_{app}", "cloudsqlsuperuser_{app}" to {app}; grant select on app.users to "rds_superuser_{app}"`,
    attack: `set role "rds_superuser_{app}"; ${pwn}; create role {pwned}`,
  },
  {
    name: "a login in several groups for reading",
    setup:
      "create role {group}; grant pg_read_all_data, pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables to {group}; grant {group} to {app}",
    attack: `set role {group}; ${pwn}`,
  },
  {
    name: "operators' predefined roles of newer versions",
    since: 16,
    setup: "grant pg_checkpoint, pg_use_reserved_connections to {app}",
    attack: `checkpoint; ${pwn}`,
  },
  {
    name: "a role whose owner is a member of its groups",
    setup: "grant {rw} to {migrator}; grant {rw} to {owner}; grant {app} to {other}",
    attack: `set role {owner}; set role {migrator}; ${pwn}`,
  },
  {
    name: "an administrator has the application with admin option",
    setup:
      "create role {group} createrole createdb; grant {app} to {group} with admin option; grant {rw} to {group} with admin option; grant {owner} to {group} with admin option",
    attack: `grant {owner} to {app}; set role {group}; ${pwn}`,
  },
  {
    name: "the database's setting names the owner",
    setup:
      "alter database {db} set role = {owner}; alter role {migrator} in database {db} set role = {owner}",
    attack: `set role {owner}; ${pwn}`,
  },
  {
    name: "the migrator's path names a schema that is not there",
    setup: `alter role {migrator} set search_path = nowhere, "$user", app; alter role {owner} set search_path = "$user", public`,
    attack: "create schema nowhere; create table public.pwned ()",
  },
  // Default privileges and publications
  {
    name: "default privileges of a superuser who is not the owner, to read",
    setup:
      "alter default privileges grant select, insert, update, delete on tables to {rw}; alter default privileges grant usage, select, update on sequences to {rw}; alter default privileges grant all on functions to {rw}",
    attack: pwn,
    afterwards: "create table app.next ()",
  },
  {
    name: "default privileges: large objects",
    since: 18,
    setup: "alter default privileges for role {owner} grant select, update on large objects to {rw}",
    attack: pwn,
    afterwards: "create table app.next ()",
  },
  {
    name: "publications of the owner",
    setup: "create publication {group} for table app.users; alter publication {group} owner to {owner}",
    attack: "alter publication {group} add table app.audit_log; alter publication {group} rename to pwned",
  },
  {
    name: "trusted extensions of the owner's in a schema for all",
    setup:
      'create extension citext schema public; create extension pg_trgm schema public; create extension hstore schema public; create extension pgcrypto schema public; create extension "uuid-ossp" schema public; grant usage on schema public to {rw}',
    attack: "alter extension citext set schema app; create table public.pwned ()",
  },
  {
    name: "an event trigger with the owner's rights that only writes down what happened",
    setup: `${definer("app.log()", "declare r record; begin for r in select * from pg_event_trigger_ddl_commands() loop insert into app.audit_log (note) values (r.command_tag || ' ' || r.object_identity); end loop; end", pinned, "event_trigger")}
      create event trigger {group} on ddl_command_end execute function app.log()`,
    attack: "alter default privileges grant select on tables to {other}; select lo_create(0)",
  },
]
