create schema a;
create extension citext schema a;
create table t (x a.citext);
