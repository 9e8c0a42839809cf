create table t (id int primary key, a text, b int);
create unique index u on t (b, id); alter table t alter b set not null; alter table t replica identity using index u; alter table t cluster on u;
