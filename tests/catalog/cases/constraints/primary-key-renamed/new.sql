create table t (id int primary key, a text, b int);
create table u (t_id int references t (id)); alter table t rename constraint t_pkey to t_pk;
