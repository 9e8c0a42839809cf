create table t (a int);
create function f() returns bigint language sql as 'select count(*) from t';
