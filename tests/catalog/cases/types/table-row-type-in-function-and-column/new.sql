create table t (a int, b text);
create function f(t) returns int language sql as 'select $1.a + 1';
create table u (x t, ys t[], z int);
create view v as select f(t) as q from t;
