create table t (a int);
create index i on only t (a);
