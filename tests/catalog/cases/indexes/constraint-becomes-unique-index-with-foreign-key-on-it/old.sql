create table t (id int primary key, a text, b int);
alter table t add constraint t_b unique (b); create table u (b int references t (b));
