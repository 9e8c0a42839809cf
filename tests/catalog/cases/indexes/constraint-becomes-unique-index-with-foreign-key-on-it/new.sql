create table t (id int primary key, a text, b int);
create unique index t_b on t (b); create table u (b int references t (b));
