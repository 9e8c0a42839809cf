create table t (a int);
create function f(t) returns int language sql as 'select $1.a';
create table u (x t, ys t[]);
create view v as select f(t) from t;
