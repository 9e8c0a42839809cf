create table t (a int not null, b int not null unique);
create index t_a on t (a);
alter table t replica identity full;
alter table t cluster on t_a;
