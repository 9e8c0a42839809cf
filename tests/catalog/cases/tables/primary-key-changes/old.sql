create table t (a int primary key, b int not null);
create table u (a int references t);
