create type e as enum ('a','b'); create table w (x e not null default 'a'); create index i on w (x); create view v as select x from w;
