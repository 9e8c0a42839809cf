create table p (a int, check (a > 0), constraint z check (a < 100) no inherit);
create table c (d int) inherits (p);
