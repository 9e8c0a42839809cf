create sequence w_id_seq as int; create table u (id int default nextval('w_id_seq'));
