create table t (id int primary key, a text, b int);
create index y on t (a); create index x on t (b);
