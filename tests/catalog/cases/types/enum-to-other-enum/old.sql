create type e1 as enum ('a', 'b');
create type e2 as enum ('a', 'b', 'c');
create table t (x e1 not null default 'a', xs e1[]);
