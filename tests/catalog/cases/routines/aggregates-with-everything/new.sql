create table t (id int primary key, a text, b int);
create function mf(bigint, int) returns bigint language sql immutable as 'select $1 + $2'; create aggregate a(int) (sfunc = mf, stype = bigint, initcond = '5', parallel = safe); create view v as select a(b) from t;
