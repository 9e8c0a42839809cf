create table w (id serial); create table u (id int default nextval('w_id_seq'));
