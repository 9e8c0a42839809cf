create table t (id int primary key, a text, b int);
alter table t alter b type bigint; create view v1 as select id, b from t; create materialized view m1 as select b, count(*) as n from v1 group by b; create index on m1 (b); create view v2 as select * from m1 where n > 1; create materialized view m2 as select * from v2 with no data;
