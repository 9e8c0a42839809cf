create role c1_o; create role c1_app;
create schema s;
alter default privileges in schema s grant select on tables to c1_app;
alter default privileges for role c1_o revoke execute on functions from public;
create table s.a (x int);
