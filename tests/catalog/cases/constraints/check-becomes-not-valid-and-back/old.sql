create table t (id int primary key, a text, b int);
alter table t add constraint k check (b > 0);
