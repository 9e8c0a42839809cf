create table a (id int);
create view b as select 1 as id;
create materialized view c as select 1 as id;
create sequence d;
create table e (id int);
