create table p (a int);
create table c (d int) inherits (p);
create table c2 (b int) inherits (p);
