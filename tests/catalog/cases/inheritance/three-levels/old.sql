create table g (a int);
create table p (b int) inherits (g);
create table c (d int) inherits (p);
