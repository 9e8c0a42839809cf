create table w (a int, b int default 2, c int default 4);
