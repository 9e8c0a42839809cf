create table m (a int, b int) partition by list (a);
create table m1 partition of m for values in (1);
create index i on m (b);
create unique index u on m (a, b);
create index own on m1 (b, a);
