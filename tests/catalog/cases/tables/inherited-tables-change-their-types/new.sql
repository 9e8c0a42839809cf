create table base (id bigint primary key, v text not null default 'y', check (v <> 'z'));
create table kid (extra bigint) inherits (base);
create table grandkid (more text) inherits (kid);
create view all_of as select id, v from base;
