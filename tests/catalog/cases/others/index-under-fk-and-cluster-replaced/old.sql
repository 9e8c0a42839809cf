create table t (a int, b int);
create unique index u on t (a);
create table r (a int references t (a));
