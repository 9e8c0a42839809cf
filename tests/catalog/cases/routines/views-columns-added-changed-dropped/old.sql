create table t (a int, b text, c int);
create view v1 as select a from t;
create view v2 as select a, b from t;
create view v3 as select a from v2;
create view v4 as select * from v1, v3 as x(q);
create materialized view m as select * from v4;
create index on m (q);
