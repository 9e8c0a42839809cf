create table t (a int);
create table log (a int);
create view v as select a from t where a > 0;
create rule r as on insert to v do instead (insert into t values (new.a); insert into log values (new.a));
create rule s as on update to t where old.a > 5 do also insert into log values (1);
alter table t disable rule s;
comment on rule s on t is 'c';
