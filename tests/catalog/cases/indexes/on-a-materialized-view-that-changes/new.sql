create table t (id int primary key, a text, b int);
create materialized view m as select id, a, b from t; create unique index mi on m (id); create index mb on m (b);
