create table g (a bigint, z int default 3 not null);
create table p (b int, y text) inherits (g);
create table c (d int) inherits (p);
alter table only c alter z set default 4;
