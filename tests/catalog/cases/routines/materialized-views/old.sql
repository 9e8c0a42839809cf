create table t (a int, b int);
create materialized view m as select a from t with no data;
create unique index on m (a);
