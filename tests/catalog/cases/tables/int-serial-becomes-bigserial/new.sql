create table t (id bigserial primary key, v text);
create table u (id bigserial primary key, t_id bigint references t);
create view w as select u.id, t.v from u join t on t.id = u.t_id;
create materialized view mw as select id from w;
create unique index mw_id on mw (id);
