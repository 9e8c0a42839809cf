create type e as enum ('b','a'); create table p (x e default 'a'); create table k (y int) inherits (p);
