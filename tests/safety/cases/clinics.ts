import { hazard, type SafetyCase, safe } from "../case.ts"

const book = "insert into visits (patient_id, clinic_id, starts) values ($1, $2, $3) returning id"
const small = { rows: 300, bytes: 65_536 }

const cases: readonly SafetyCase[] = [
  hazard(
    "attach builds an index of the key",
    "alter table readings_2027 add constraint c check (taken >= '2027-01-01' and taken < '2028-01-01') not valid; alter table readings_2027 validate constraint c; alter table readings attach partition readings_2027 for values from ('2027-01-01') to ('2028-01-01')",
  ),
  safe(
    "attach with check, key and index",
    "alter table readings attach partition readings_2027c for values from ('2027-01-01') to ('2028-01-01')",
  ),
  safe("set not null where a check says it among others", "alter table visits alter doctor set not null", {
    schema: "alter table visits add constraint joined check (doctor is not null and fee_cents >= 0)",
  }),
  hazard("set not null where a check says it or other", "alter table visits alter doctor set not null", {
    schema: "alter table visits add constraint either check (doctor is not null or room is not null)",
  }),
  safe("becomes a role that nobody knows", "set role nobody_here; alter table visits add column a int"),
  hazard(
    "becomes a role that nobody knows, and works",
    "set role nobody_here; create index on visits (doctor)",
  ),
  hazard(
    "becomes a role that is known and may not",
    "set role analyst; alter table visits add column a int; reset role",
  ),
  // Deletes
  hazard(
    "cascade becomes restrict",
    "alter table visits drop constraint visits_patient_id_fkey; alter table visits add constraint visits_patient_id_fkey foreign key (patient_id) references patients not valid",
    { queries: "delete from patients where id = $1" },
  ),
  safe(
    "restrict stays restrict",
    "alter table visit_notes drop constraint visit_notes_visit_id_fkey; alter table visit_notes add constraint notes_visit foreign key (visit_id) references visits not valid",
    { queries: "delete from visits where id = $1" },
  ),
  hazard("index by which deletes look up", "drop index concurrently visits_patient", {
    queries: "delete from patients where id = $1",
  }),
  safe("index by which deletes do not look up", "drop index concurrently visits_day", {
    queries: "delete from patients where id = $1",
  }),
  // Indexes
  hazard("index of a queue", "drop index concurrently queue_ready", {
    queries: "select id from queue where taken_by is null order by run_at limit 10 for update skip locked",
  }),
  hazard("unique index under an upsert by expression", "drop index concurrently patients_email", {
    queries:
      "insert into patients (clinic_id, mrn, family, given, born, email) values ($1, $2, $3, $4, $5, $6) on conflict (lower(email)) where email is not null do nothing",
  }),
  hazard(
    "unique becomes partial under an upsert",
    "create unique index concurrently s2 on staff (login) where role is not null; alter table staff drop constraint staff_login",
    { queries: "insert into staff (id, login) values ($1, $2) on conflict (login) do nothing" },
  ),
  hazard(
    "constraint that an upsert names is renamed",
    "alter table staff rename constraint staff_login to staff_login_key",
    {
      queries:
        "insert into staff (id, login) values ($1, $2) on conflict on constraint staff_login do nothing",
    },
  ),
  safe(
    "constraint that no upsert names is renamed",
    "alter table staff rename constraint staff_login to staff_login_key",
    { queries: "insert into staff (id, login) values ($1, $2) on conflict (login) do nothing" },
  ),
  // Values that are refused
  hazard("text gets a length", "alter table drugs alter name type varchar(10)", {
    stats: { drugs: small },
    queries: "insert into drugs (code, name) values ($1, $2)",
  }),
  safe("text gets a length that nobody writes", "alter table drugs alter name type varchar(10)", {
    stats: { drugs: small },
    queries: "insert into drugs (code, name) values ($1, 'Aspirin')",
  }),
  hazard(
    "check replaced by a stricter one",
    "alter table visits drop constraint visits_order; alter table visits add constraint visits_order check (ends > starts + interval '1 year') not valid",
    { queries: "update visits set ends = $1 where id = $2" },
  ),
  safe(
    "check replaced by a wider one",
    "alter table visits drop constraint visits_order; alter table visits add constraint visits_order check (ends is null or ends >= starts) not valid; alter table visits validate constraint visits_order",
    { queries: "update visits set ends = $1 where id = $2" },
  ),
  hazard(
    "domain takes less",
    "alter domain short add constraint low check (value = lower(value)) not valid",
    {
      schema: "alter table staff add column nick short",
      queries: "insert into staff (id, login, nick) values ($1, $2, $3)",
    },
  ),
  // Values and rows that are gone
  hazard(
    "column made again with another type",
    'alter table "staff" drop column "salary", add column "salary" integer',
  ),
  hazard(
    "column made again that is read",
    "alter table patients drop column notes; alter table patients add notes varchar(400)",
    { queries: "select notes from patients where id = $1" },
  ),
  safe(
    "column made again that nobody reads",
    "alter table patients drop column notes; alter table patients add notes varchar(400)",
    { queries: "select id from patients where id = $1" },
  ),
  hazard(
    "table made again",
    "drop table drugs; create table drugs (code text primary key, name text not null); grant select, insert, update, delete on drugs to app",
  ),
  safe(
    "table made again from itself",
    "begin; create table drugs2 (like drugs including all); insert into drugs2 select * from drugs; drop table drugs; alter table drugs2 rename to drugs; grant select, insert, update, delete on drugs to app; commit",
  ),
  hazard(
    "trigger that swallows inserts",
    "create function m() returns trigger language plpgsql as $$ begin return null; end $$; create trigger m before insert on visits for each row execute function m()",
    { queries: book },
  ),
  safe(
    "trigger that answers after",
    "create function m() returns trigger language plpgsql as $$ begin return null; end $$; create trigger m after insert on visits for each row execute function m()",
    { queries: book },
  ),
  hazard("join by all columns of one name", "alter table visit_notes add column room int", {
    schema: "alter table visit_notes add column id bigint; update visit_notes set id = visit_id",
    queries: "select body from visits natural join visit_notes where starts > $1",
  }),
  safe(
    "upsert meets a key that is unique now",
    "create unique index concurrently drugs_name on drugs (name)",
    { queries: "insert into drugs (code, name) values ($1, 'Aspirin') on conflict do nothing" },
  ),
  safe("rows that came with their keys", "alter table made add column b text", {
    schema:
      "create table made (id serial primary key, a text); insert into made values (1, 'a'), (2, 'b'), (3, 'c'); grant all on made to app; grant usage on sequence made_id_seq to app",
    queries: "insert into made (a) values ($1) returning id",
  }),
  // Functions and privileges, with nothing known of the queries
  safe(
    "function gets a parameter with a default",
    "drop function patient_name(bigint); create function patient_name(bigint, text default ', ') returns text language sql stable as 'select given || $2 || family from patients where id = $1'",
  ),
  hazard(
    "function gets a parameter without one",
    "drop function patient_name(bigint); create function patient_name(bigint, text) returns text language sql as 'select given from patients where id = $1'",
  ),
  safe("revoked from the role that only looks", "revoke select on clinics from analyst"),
  hazard("revoked from the role that works", "revoke select on clinics from app"),
  safe(
    "revoked from all, granted to the role that works",
    "revoke execute on function patient_name(bigint) from public; grant execute on function patient_name(bigint) to app",
  ),
  hazard("view under the reader's rights", "alter view shown set (security_invoker = true)", {
    schema:
      "create table hidden (id int, v text); insert into hidden values (1, 'a'); create view shown as select id, v from hidden; grant select on shown to app",
    queries: "select v from shown where id = $1",
  }),
  hazard("column of the same name in a join", "alter table visits add column family text", {
    queries: "select family from visits v join patients p on p.id = v.patient_id where v.id = $1",
  }),
  safe("column of the same name, qualified", "alter table visits add column family text", {
    queries: "select p.family from visits v join patients p on p.id = v.patient_id where v.id = $1",
  }),
  hazard("event trigger that does more", "create table marker (id int)", {
    schema:
      "create function mend() returns event_trigger language plpgsql as $$ begin if tg_tag = 'CREATE TABLE' then execute 'create index on visits (doctor)'; end if; end $$; create event trigger mend on ddl_command_end when tag in ('CREATE TABLE') execute function mend()",
  }),
  hazard("revoked from the sequence of a column", "revoke usage on sequence visits_id_seq from app"),
  hazard(
    "trigger that writes where the application may not",
    "create table secret_log (id bigint); create function m() returns trigger language plpgsql as $$ begin insert into secret_log values (new.id); return new; end $$; create trigger m before insert on visits for each row execute function m()",
  ),
  safe(
    "trigger that writes there as its owner",
    "create table secret_log (id bigint); create function m() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$ begin insert into secret_log values (new.id); return new; end $$; create trigger m before insert on visits for each row execute function m()",
  ),
  hazard("attribute of a type dropped", "alter type address drop attribute city"),
  safe(
    "partition detached, then dropped",
    "alter table readings detach partition readings_2025 concurrently; drop table readings_2025",
  ),
  hazard("role looks in another schema", "alter role app set search_path = ops"),
  safe("role looks in another schema first", "alter role app set search_path = ops, public"),
]

/** Found by writing cases before looking at the judge; each line and its lookalike teach one thing. */
export const clinicCases: readonly SafetyCase[] = cases.map((each) => ({
  ...each,
  base: "schema-clinic.sql",
}))
