create foreign data wrapper w;
create server s foreign data wrapper w;
create table t (a int primary key, b text);
create view v as select a from t;
