create table t (a int, b int, constraint y unique (b));
create unique index x on t (a);
