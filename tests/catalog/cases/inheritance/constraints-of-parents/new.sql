create table p (a int, check (a > 1), constraint y check (a is not null));
create table c (d int, constraint y check (a is not null)) inherits (p);
