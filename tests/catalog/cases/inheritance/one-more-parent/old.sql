create table p1 (a int);
create table p2 (b text);
create table c (own int) inherits (p1);
