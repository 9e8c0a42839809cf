create function bucket(id int) returns int language sql immutable as 'select id / 10';
create table e (id int not null) partition by list (bucket(id));
create table e_1 partition of e for values in (1);
