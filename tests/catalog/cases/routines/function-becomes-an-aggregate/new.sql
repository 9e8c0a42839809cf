create table t (id int primary key, a text, b int);
create aggregate agg(int) (sfunc = int4pl, stype = int, initcond = '0'); create view v as select agg(b) as x from t;
