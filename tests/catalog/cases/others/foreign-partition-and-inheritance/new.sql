create extension postgres_fdw;
create server s foreign data wrapper postgres_fdw;
create table m (a int) partition by list (a);
create foreign table f partition of m for values in (1) server s;
create server s2 version '1' foreign data wrapper postgres_fdw;
