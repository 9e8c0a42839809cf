create table t (a int constraint pk primary key);
comment on constraint pk on t is 'c';
comment on index pk is 'i';
