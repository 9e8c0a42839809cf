create schema a; create schema b; create table b.x (id bigint primary key); create table a.x (id bigint references b.x);
