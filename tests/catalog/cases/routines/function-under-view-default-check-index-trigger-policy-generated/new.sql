create function f(b int) returns int language sql immutable as 'select b';
create table t (a int default f(1), b int check (f(b) > 0), c int generated always as (f(1)) stored);
create index on t (f(a));
create view v as select f(1);
create policy p on t using (f(a) > 0);
create materialized view m as select f(2) as x;
