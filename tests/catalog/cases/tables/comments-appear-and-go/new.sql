create table t (a int, b int);
comment on column t.b is 'c';
create index i on t (a);
comment on index i is 'i';
comment on schema public is 'mine';
