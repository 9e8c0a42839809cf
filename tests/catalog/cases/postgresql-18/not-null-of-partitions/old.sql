create table m (a int not null, b int) partition by list (a);
create table m1 partition of m for values in (1);
