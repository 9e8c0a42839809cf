-- The third database of the cases: appointments of clinics, small here, large and busy in the cases.
create role app;
create role analyst;
create schema ops;
create type visit_state as enum ('booked', 'arrived', 'done', 'cancelled');
create type address as (street text, city text);
create domain cents as int check (value >= 0);
create domain short as varchar(20);
create domain filled as text not null default '';
create table clinics (
  id serial primary key, code text not null unique, name text not null, opened date, active boolean not null default true,
  config jsonb not null default '{}', home address);
create table patients (
  id bigint generated always as identity primary key, clinic_id int not null references clinics, mrn varchar(20) not null,
  family text not null, given text not null, email text, phone varchar(15), born date not null, notes text, weight_kg numeric(5, 2),
  flags int not null default 0, created_at timestamptz not null default now(), updated_at timestamp,
  constraint patients_mrn unique (clinic_id, mrn));
create index patients_name on patients (family, given);
create unique index patients_email on patients (lower(email)) where email is not null;
create index patients_updated on patients (updated_at);
create table visits (
  id bigserial primary key, patient_id bigint not null references patients on delete cascade, clinic_id int not null references clinics,
  state visit_state not null default 'booked', starts timestamptz not null, ends timestamptz, fee_cents int not null default 0,
  doctor text, room smallint, constraint visits_order check (ends is null or ends > starts));
create index visits_patient on visits (patient_id);
create index visits_day on visits (clinic_id, starts);
create table visit_notes (
  visit_id bigint primary key references visits, body text not null, author text not null default 'system', rev int not null default 1);
create table visit_log (id bigserial primary key, visit_id bigint, state text, at timestamptz not null default now());
create function visits_logged() returns trigger language plpgsql as $$
begin insert into visit_log (visit_id, state) values (new.id, new.state::text); return null; end $$;
create trigger visits_logged after insert or update on visits for each row execute function visits_logged();
create sequence ops.invoice_seq;
create table ops.invoices (
  id uuid primary key default gen_random_uuid(), visit_id bigint not null references visits, number text not null unique,
  amount cents not null, paid boolean not null default false, due date, lines json);
create table staff (
  id int primary key, login varchar(32) not null, manager int references staff, salary numeric(9, 2), role text default 'nurse', bio text,
  constraint staff_login unique (login));
create table readings (id bigint not null, patient_id bigint not null, taken date not null, value real, primary key (id, taken)) partition by range (taken);
create table readings_2025 partition of readings for values from ('2025-01-01') to ('2026-01-01');
create table readings_2026 partition of readings for values from ('2026-01-01') to ('2027-01-01');
create index readings_patient on readings (patient_id);
create table readings_2027 (id bigint not null, patient_id bigint not null, taken date not null, value real);
create table readings_2027c (id bigint not null, patient_id bigint not null, taken date not null, value real, primary key (id, taken),
  constraint c27 check (taken >= '2027-01-01' and taken < '2028-01-01'));
create index readings_2027c_patient on readings_2027c (patient_id);
create table chats (id bigint not null, lang text not null, line text) partition by list (lang);
create table chats_de partition of chats for values in ('de');
create table chats_rest partition of chats default;
create table documents (id bigserial primary key, clinic_id int not null references clinics, title text, body text);
alter table documents enable row level security;
create policy by_clinic on documents using (clinic_id = coalesce(nullif(current_setting('app.clinic', true), ''), '1')::int);
create table tokens (hash text primary key, patient_id bigint not null, expires timestamptz not null);
create table queue (id bigserial primary key, kind text not null, payload jsonb, run_at timestamptz not null default now(), attempts int not null default 0, taken_by text);
create index queue_ready on queue (run_at) where taken_by is null;
create table drugs (code text primary key, name text not null, atc char(7));
create table leave (id bigserial primary key, staff_id int not null references staff, during daterange not null);
create table imports (line text, at timestamp);
create table archive_2019 (id bigint primary key, body text);
create view patient_cards as select id, family, given, born from patients;
create view open_visits as select id, patient_id, starts from visits where state <> 'done';
create materialized view clinic_load as select clinic_id, count(*) as visits from visits group by clinic_id;
create unique index clinic_load_key on clinic_load (clinic_id);
create materialized view doctor_load as select doctor, count(*) as visits from visits group by doctor;
create function patient_name(bigint) returns text language sql stable as 'select given || '' '' || family from patients where id = $1';
create function is_minor(born date) returns boolean language sql stable as 'select born > current_date - 6570';
create function touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create function new_number() returns text language plpgsql volatile as $$ begin return 'N' || nextval('ops.invoice_seq'); end $$;
create function label(int) returns text language sql immutable as 'select ''L'' || $1';
create procedure close_visits() language plpgsql as $$ begin update visits set state = 'done' where ends < now() and state = 'arrived'; end $$;
create function book(p bigint, c int, s timestamptz) returns bigint language plpgsql as $$
declare made bigint; begin insert into visits (patient_id, clinic_id, starts) values (p, c, s) returning id into made; return made; end $$;
insert into clinics (code, name) select 'c' || i, 'Clinic ' || i from generate_series(1, 4) i;
insert into patients (clinic_id, mrn, family, given, email, phone, born)
  select 1 + i % 4, 'm' || i, 'F' || i, 'G' || i, 'p' || i || '@example.org', '+49' || i, '1990-01-01' from generate_series(1, 6) i;
insert into visits (patient_id, clinic_id, starts, doctor) select i, 1 + i % 4, '2026-05-01', 'Dr ' || i from generate_series(1, 6) i;
insert into visit_notes (visit_id, body) select i, 'ok' from generate_series(1, 3) i;
insert into ops.invoices (visit_id, number, amount, lines) select i, 'N' || i, i * 100, '[]' from generate_series(1, 3) i;
insert into staff values (1, 'ada', null, 100, 'doctor'), (2, 'bob', 1, 50, 'nurse');
insert into readings values (1, 1, '2025-05-05', 1), (2, 2, '2026-05-05', 2);
insert into readings_2027 values (3, 1, '2027-02-02', 3);
insert into readings_2027c values (4, 1, '2027-02-02', 3);
insert into chats values (1, 'de', 'a'), (2, 'fr', 'b');
insert into documents (clinic_id, title) values (1, 'a'), (2, 'b');
insert into tokens values ('x', 1, '2030-01-01');
insert into queue (kind) values ('mail'), ('sms');
insert into drugs values ('asa', 'Aspirin', 'N02BA01'), ('ibu', 'Ibuprofen', 'M01AE01');
insert into leave (staff_id, during) values (1, '[2026-01-01, 2026-01-05)');
insert into imports values ('a', now());
insert into archive_2019 values (1, 'x');
refresh materialized view clinic_load;
refresh materialized view doctor_load;
create publication feed for table visits;
grant usage on schema ops to app;
grant select, insert, update, delete on all tables in schema public, ops to app;
grant usage on all sequences in schema public, ops to app;
grant select on patient_cards, clinics to analyst;
