create table t (id int primary key, a text, b int);
create view v with (security_barrier=true) as select id from t where id > 0 with local check option;
