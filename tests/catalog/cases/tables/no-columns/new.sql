create table t ();
alter table t add column a int;
comment on column t.a is 'x';
