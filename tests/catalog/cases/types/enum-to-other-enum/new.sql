create type e2 as enum ('a', 'b', 'c');
create table t (x e2 not null default 'a', xs e2[]);
