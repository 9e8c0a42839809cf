create table t (id int primary key, a text, b int);
alter table t alter b type bigint; alter table t add c text; create function f(t) returns bigint language sql as 'select $1.b'; create function g() returns setof t language sql as 'select * from t';
