create table t (a int not null);
create unique index x on t (a);
alter table t replica identity using index x;
