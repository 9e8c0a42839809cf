create table m (a int, b int, c text) partition by list (a);
create table m1 partition of m for values in (1);
create table m2 partition of m for values in (2);
create view v as select b from m1;
