create table t (a int, b int);
create table u (a int);
create function f() returns bigint begin atomic select sum(b) from t, u; end;
create procedure p() begin atomic insert into u values (1); delete from t; end;
create view v as select f();
