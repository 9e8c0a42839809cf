create table t (a int unique, b int not null, primary key (b));
create table u (a int references t (a));
