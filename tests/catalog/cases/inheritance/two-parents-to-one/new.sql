-- one way: a column that a table declares cannot come to be its parent's only
create table p (a int, c int); create table q (b int, c int); create table k (d int, b int) inherits (p);
