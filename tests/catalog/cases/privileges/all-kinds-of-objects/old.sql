create role corpus_a;
create schema s;
create sequence q;
create function f() returns int language sql as 'select 1';
create procedure p() language sql as 'select 1';
create type e as enum ('a');
create domain d as int;
create foreign data wrapper w;
create server sv foreign data wrapper w;
