create table p (a int default 1, check (a > 0)); create table k () inherits (p); create table g () inherits (k); alter table k alter a set default 2;
