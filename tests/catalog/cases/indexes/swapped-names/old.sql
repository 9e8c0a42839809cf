create table t (id int primary key, a text, b int);
create index x on t (a); create index y on t (b);
