create table t (id int primary key, a text, b int);
create index i on t using brin (b) with (pages_per_range=16);
