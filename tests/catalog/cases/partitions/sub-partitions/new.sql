create table m (a int, b int, c int default 3, primary key (a, b)) partition by list (a);
create table m1 partition of m for values in (1, 2) partition by range (b);
create table m1a partition of m1 for values from (0) to (5);
create table m1b partition of m1 for values from (5) to (maxvalue);
create table m3 partition of m for values in (3) partition by hash (b);
create table m3a partition of m3 for values with (modulus 2, remainder 0);
