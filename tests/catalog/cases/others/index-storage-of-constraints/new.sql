create table t (a int primary key, b int unique with (fillfactor = 70));
