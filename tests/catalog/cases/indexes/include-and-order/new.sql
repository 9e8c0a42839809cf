create table t (id int primary key, a text, b int);
create index i on t (b desc nulls last, a collate "C" asc) include (id);
