create table t (id int primary key, a text, b int);
create view v as select id, a, b from t where id > 0; create function f() returns setof v language sql stable as 'select * from v'; create function g(v) returns int language sql as 'select ($1).id'; create view w as select * from f();
