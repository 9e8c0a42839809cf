create table t (d numeric, b text, a int, c date);
create view v as select a, b, c, d from t;
