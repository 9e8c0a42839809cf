create table t (a int);
create view v with (security_invoker, security_barrier) as select a from t with local check option;
create view w as select a from t with cascaded check option;
alter view w alter column a set default 5;
comment on column w.a is 'x';
comment on view v is 'v';
