create table a (id int primary key, x text);
create table v (id int primary key, x text);
create view over as select id from v;
grant select on v to public;
create function f() returns setof v language sql as 'select * from v';
