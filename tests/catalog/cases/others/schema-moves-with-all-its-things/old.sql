create schema a;
create type a.e as enum ('x');
create table a.t (x a.e default 'x');
create function a.f(a.e) returns int language sql as 'select 1';
comment on schema a is 'A';
