create schema a;
create extension citext schema public;
create table t (x citext);
