create table t (id int primary key, a text, b int);
create view v as select id, a from t; create function f() returns setof v language sql stable as 'select * from v'; create function g(v) returns int language sql as 'select ($1).id'; create view w as select * from f();
