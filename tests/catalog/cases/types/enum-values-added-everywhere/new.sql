create type e as enum ('a', 'b', 'c', 'd', 'e');
create table t (a e default 'b', b e[]);
create function f(e) returns e language sql as 'select $1';
