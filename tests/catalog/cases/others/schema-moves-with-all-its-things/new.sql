create schema b;
create type b.e as enum ('x');
create table b.t (x b.e default 'x');
create function b.f(b.e) returns int language sql as 'select 1';
