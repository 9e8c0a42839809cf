create table t (a int default 5, b text default 'x', c varchar(5) default 'abc', d int default 0);
