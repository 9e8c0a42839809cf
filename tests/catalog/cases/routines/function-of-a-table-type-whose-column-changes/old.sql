create table t (id int primary key, a text, b int);
create function f(t) returns int language sql as 'select $1.b'; create function g() returns setof t language sql as 'select * from t';
