create type e as enum ('a','b','c'); create table w (x e default 'b'); create index i on w (x) where x in ('b','c');
