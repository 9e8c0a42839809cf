create table t (id serial primary key, v text);
create table u (id serial primary key, t_id int references t);
create view w as select u.id, t.v from u join t on t.id = u.t_id;
create materialized view mw as select id from w;
create unique index mw_id on mw (id);
