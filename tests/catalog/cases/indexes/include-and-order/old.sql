create table t (id int primary key, a text, b int);
create index i on t (b, a);
