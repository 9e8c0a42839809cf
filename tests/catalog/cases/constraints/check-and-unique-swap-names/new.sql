create table t (id int primary key, a text, b int);
alter table t add constraint k2 check (b > 0); alter table t add constraint k1 unique (b);
