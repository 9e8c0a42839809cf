create table m (id int, a bigint default 2) partition by range (id);
create table m1 partition of m for values from (0) to (10);
create view v as select a from m1;
