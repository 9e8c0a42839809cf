create table t (a int constraint x not null);
comment on constraint x on t is 'why';
