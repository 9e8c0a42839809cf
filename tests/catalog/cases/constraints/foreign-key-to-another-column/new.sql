create table t (id int primary key, a text, b int);
alter table t add unique (b); create table u (t_id int constraint fk references t (b));
