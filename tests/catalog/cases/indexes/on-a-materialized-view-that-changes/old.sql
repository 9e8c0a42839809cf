create table t (id int primary key, a text, b int);
create materialized view m as select id, a from t; create unique index mi on m (id); create index ma on m (a);
