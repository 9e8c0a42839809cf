create table m (a int, b text) partition by range (a);
create table m1 partition of m for values from (0) to (10);
create table m2 partition of m for values from (10) to (20);
create table md partition of m default;
create table lone (a int, b text);
