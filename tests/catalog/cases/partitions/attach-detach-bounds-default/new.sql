create table m (a int, b text) partition by range (a);
create table m1 (a int, b text);
create table m2 partition of m for values from (10) to (30);
create table lone partition of m for values from (50) to (60);
create table md (a int, b text);
