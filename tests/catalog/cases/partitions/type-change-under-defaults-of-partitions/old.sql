create table m (id int, a varchar(20) default 'y') partition by range (id);
create table m1 partition of m for values from (0) to (10);
create view v as select a from m1;
