create extension postgres_fdw;
create server s foreign data wrapper postgres_fdw options (host 'a', port '1');
create foreign table f (a int options (column_name 'x'), b text) server s options (table_name 't');
create user mapping for public server s options (user 'u');
