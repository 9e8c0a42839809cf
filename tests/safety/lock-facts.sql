-- What the statements of lock-facts.ts are about.
create table users (
  id bigint primary key, name varchar(50) not null, email text not null, age int, mood text, created_at timestamp,
  plain_at timestamp, amount numeric(10, 2), address cidr, code char(4), tags json, state text, note text,
  checked int, loosely int, small int, kind text, tenant text collate "C", total int generated always as (1) stored);
create unique index users_email on users (email);
create index users_name on users (name);
create index users_created_at on users (created_at);
create index users_tenant on users (tenant);
alter table users add constraint checked_given check (checked is not null);
alter table users add constraint loosely_given check (loosely is not null) not valid;
alter table users add constraint small_positive check (small > 0) not valid;
create unique index users_age on users (age);
create view young_users as select id, kind from users where age < 18;
create table orders (id bigint primary key, user_id bigint, note text);
create index orders_user_id on orders (user_id);
alter table orders add constraint orders_user foreign key (user_id) references users not valid;
create table kids (id bigint primary key, user_id bigint constraint kids_user references users);
create table alone (id bigint primary key, user_id bigint);
create table pnew (id bigint, at date not null, code bigint not null, loose bigint);
create unique index pnew_code on pnew (code);
create unique index pnew_loose on pnew (loose);
create table pnewck (id bigint, at date not null, code bigint not null, loose bigint,
  check (at >= '2026-01-01' and at < '2027-01-01'));
create table parted (id bigint, at date not null, code bigint not null, loose bigint) partition by range (at);
create table p2024 partition of parted for values from ('2024-01-01') to ('2025-01-01');
create table p2025 partition of parted for values from ('2025-01-01') to ('2026-01-01');
create table parted_def (id bigint, at date not null) partition by range (at);
create table parted_def_d partition of parted_def default;
create table pdnew (id bigint, at date not null);
create domain positive as int check (value > 0);
create domain measure as int;
alter domain measure add constraint measure_positive check (value > 0) not valid;
create table measured (id bigint, size measure);
create type mood as enum ('good', 'bad');
create table felt (id bigint primary key, mood mood);
create index felt_mood on felt (mood);
create materialized view mv as select id, email from users;
create unique index mv_id on mv (id);
create sequence counter;
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger users_touch before update on users for each row execute function touch();
insert into users (id, name, email, age, checked, loosely, small, code)
  select n, 'name ' || n, 'u' || n || '@example.org', n, n, n, n, 'ab' from generate_series(1, 5) n;
insert into orders select n, n, 'x' from generate_series(1, 5) n;
insert into alone values (1, 1);
insert into kids select n, n from generate_series(1, 3) n;
insert into measured values (1, 5);
insert into felt values (1, 'good');
insert into parted values (1, '2024-05-05', 1), (2, '2025-05-05', 2);
insert into parted_def values (1, '2024-05-05');
refresh materialized view mv;
