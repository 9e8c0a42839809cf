create table t (a bigint primary key, c int);
create publication p for table t (a, c) where (a > 0);
