create table p1 (a int);
create table c (own int);
