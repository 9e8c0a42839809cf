create table t (a int, b text, c int);
create view v1 as select a, b from t;
create view v2 as select b as a, a as b from t;
create view v3 as select a from v2;
create view v4 as select v1.a, x.q from v1, v3 as x(q);
create materialized view m as select q from v4;
create index on m (q);
