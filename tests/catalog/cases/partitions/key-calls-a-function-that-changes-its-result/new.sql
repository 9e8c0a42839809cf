create function bucket(id int) returns bigint language sql immutable as 'select id::bigint / 10';
create table e (id int not null) partition by list (bucket(id));
create table e_1 partition of e for values in (1);
