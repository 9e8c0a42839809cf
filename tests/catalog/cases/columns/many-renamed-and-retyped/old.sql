create table w (a int, b int, c int, d int); create view v as select a, b, c, d from w;
