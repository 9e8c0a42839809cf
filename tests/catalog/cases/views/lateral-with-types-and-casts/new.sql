create table t (id int primary key, a text, b int);
create type k as enum ('b','a'); create view v as select x::k as k, 'a'::k as c from t, lateral (select a as x) s;
