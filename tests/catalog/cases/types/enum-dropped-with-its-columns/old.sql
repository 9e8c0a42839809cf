create type e as enum ('a'); create table w (x e, y e[]); create function f(e) returns int language sql as 'select 1';
