create table t (id int primary key, a text, b int);
create view v as select id from t where id > 0 with check option;
