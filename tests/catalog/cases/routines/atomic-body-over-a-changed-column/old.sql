create table t (id int primary key, a text, b int);
create function f() returns bigint begin atomic select count(b) from t; end; create view v as select f() as n;
