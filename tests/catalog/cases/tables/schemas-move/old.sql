create schema a;
create schema b;
create table a.t (id serial primary key, b text);
create view a.v as select * from a.t;
