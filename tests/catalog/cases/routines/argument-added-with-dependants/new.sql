create table t (id int primary key, a text, b int);
create function f(int, int) returns int language sql immutable as 'select $1 + $2'; create view v as select f(b, 1) from t; alter table t alter b set default f(1, 2); create index i on t (f(b, 2));
