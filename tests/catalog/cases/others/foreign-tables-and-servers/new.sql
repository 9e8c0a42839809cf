create extension postgres_fdw;
create server s foreign data wrapper postgres_fdw options (host 'b', dbname 'd');
create foreign table f (a bigint options (column_name 'y'), c text not null default 'x', check (a > 0)) server s options (table_name 'u', schema_name 'z');
create user mapping for current_user server s options (user 'v');
comment on foreign table f is 'c';
comment on server s is 's';
