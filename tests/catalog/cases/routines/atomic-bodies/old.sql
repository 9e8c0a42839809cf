create table t (a int);
create function f() returns bigint begin atomic select count(*) from t; end;
create procedure p() begin atomic insert into t values (1); end;
