create table t (id serial primary key, v text);
create table u (id bigserial primary key, t_id int references t);
