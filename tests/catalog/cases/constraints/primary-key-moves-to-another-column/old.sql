create table t (id int primary key, a text, b int);
create table u (t_id int references t (id));
