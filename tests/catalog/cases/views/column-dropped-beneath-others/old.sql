create table t (id int primary key, a text, b int);
create view v as select id, a, b from t; create view w as select id from v; create view x as select * from w;
