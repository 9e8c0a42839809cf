create type e as enum ('a','b'); create table p (x e default 'a'); create table k (y int) inherits (p);
