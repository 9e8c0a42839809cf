create type e as enum ('a','c'); create table w (x e default 'a'); create index i on w (x) where x = 'c';
