create table base (id int primary key, v varchar(10) not null default 'x', check (v <> ''));
create table kid (extra int) inherits (base);
create table grandkid (more text) inherits (kid);
create view all_of as select id, v from base;
