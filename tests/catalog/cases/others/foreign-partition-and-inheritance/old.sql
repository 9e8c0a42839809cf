create extension postgres_fdw;
create server s foreign data wrapper postgres_fdw;
create table m (a int) partition by list (a);
