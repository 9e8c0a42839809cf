create table t (id int primary key, a text, b int);
alter table t alter b type bigint; create function f() returns bigint begin atomic select count(b) from t where b > 1; end; create view v as select f() as n;
