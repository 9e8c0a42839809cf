create table t (a int constraint pk primary key);
comment on constraint pk on t is 'd';
comment on index pk is null;
