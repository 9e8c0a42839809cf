create table t (id int primary key, a text, b int);
create index i on t (b) where a is not null and b > 3;
