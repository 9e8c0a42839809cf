create role corpus_r;
create table m (a int, b text) partition by list (a);
create table m1 partition of m for values in (1);
