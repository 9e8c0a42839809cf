create table t (id int primary key, a text, b int);
create table u (t_id int);
alter table t drop constraint t_pkey; alter table t add constraint t_pkey primary key (b);
