create table t (a int not null, b int not null unique);
create unique index t_a on t (a);
alter table t replica identity using index t_a;
alter table t cluster on t_b_key;
