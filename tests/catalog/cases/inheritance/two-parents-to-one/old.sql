create table p (a int, c int); create table q (b int, c int); create table k (d int) inherits (p, q);
