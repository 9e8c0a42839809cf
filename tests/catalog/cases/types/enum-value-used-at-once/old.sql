create type e as enum ('a');
create table t (a e);
