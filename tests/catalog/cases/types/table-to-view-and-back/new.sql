create view a as select 1 as id;
create table b (id int);
create view c as select 1 as id;
create table d (id int);
create materialized view e as select 1 as id;
