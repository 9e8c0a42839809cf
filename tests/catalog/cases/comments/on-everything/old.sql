create table t (id int primary key, a text, b int);
create type e as enum ('a'); create domain d as int check (value > 0); create sequence s; create view v as select 1 as x; create function f(int) returns int language sql as 'select 1'; create index i on t (b); alter table t add constraint k check (b > 0);
