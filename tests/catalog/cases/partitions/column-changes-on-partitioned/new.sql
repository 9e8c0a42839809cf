create table m (a int, b bigint not null default 5, d text generated always as ('x') stored) partition by list (a);
create table m1 partition of m for values in (1);
create table m2 partition of m for values in (2);
alter table m2 alter b set default 6;
create view v as select b from m1;
