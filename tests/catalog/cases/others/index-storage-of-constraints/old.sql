create table t (a int primary key with (fillfactor = 50), b int unique);
