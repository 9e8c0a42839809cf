create type e as enum ('a', 'b');
create table t (a e default 'b', check (a <> 'b'));
create view v as select 'b'::e as x;
create index on t (a) where a = 'b';
