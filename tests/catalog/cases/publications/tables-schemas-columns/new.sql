create table t (id int primary key, a text, b int);
create schema app; create table app.x (id int primary key); create publication p for tables in schema app, table t where (id > 1) with (publish = 'insert, update', publish_via_partition_root = true);
