create type e as enum ('a','c'); create table w (x e default 'a');
