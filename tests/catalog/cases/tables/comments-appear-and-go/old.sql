create table t (a int, b int);
comment on table t is 'a';
comment on column t.a is 'b';
