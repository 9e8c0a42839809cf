create schema s;
alter default privileges in schema s grant select, insert on tables to c1_app;
alter default privileges in schema s grant usage on sequences to c1_app;
alter default privileges for role c1_o grant usage on schemas to c1_app;
alter default privileges for role c1_o grant usage on types to c1_app with grant option;
create table s.a (x int);
create table s.b (x serial);
create function s.f() returns int language sql as 'select 1';
