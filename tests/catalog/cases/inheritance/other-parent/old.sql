create table p1 (a int, x int);
create table p2 (b text not null default 'q', x int, check (x > 0));
create table c (own int) inherits (p1);
