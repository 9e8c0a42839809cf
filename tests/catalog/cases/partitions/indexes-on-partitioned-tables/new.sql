create table m (a int, b int) partition by list (a);
create table m1 partition of m for values in (1);
create index i on m (b desc);
create unique index u on m (a, b) include (b);
create index j on only m (b, a);
comment on index i is 'x';
