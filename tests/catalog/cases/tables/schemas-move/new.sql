create schema b;
create table b.t (id serial primary key, b text);
create view b.v as select * from b.t;
