create table p (a int default 5 not null, check (a > 1)); create table k () inherits (p); create table g () inherits (k); alter table g alter a set default 3;
