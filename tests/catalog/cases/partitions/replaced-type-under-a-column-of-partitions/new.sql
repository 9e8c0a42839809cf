create domain positive as bigint;
create table m (id int, a positive) partition by range (id);
create table m1 partition of m for values from (0) to (10);
