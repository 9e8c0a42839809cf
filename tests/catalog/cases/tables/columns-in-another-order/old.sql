create table t (a int, b text, c date, d numeric);
create view v as select * from t;
