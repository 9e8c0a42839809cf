create type e as enum ('a','b'); create table w (x e default 'a');
