create table t (id int primary key, a text, b int);
create function f(int) returns int language sql immutable as 'select $1'; create view v as select f(b) from t; alter table t alter b set default f(1); create index i on t (f(b));
