create table m (a int, b int) partition by list (a);
create table m1 partition of m for values in (1) partition by range (b);
create table m1a partition of m1 for values from (0) to (5);
