create table t (id int primary key, a text, b int);
alter table t drop constraint t_pkey; alter table t add constraint t_other primary key (id); create view v as select id, a, count(*) from t group by id;
