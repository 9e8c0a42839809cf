create table t (id int primary key, a text, b int);
create unique index i on t (b);
