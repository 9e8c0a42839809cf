create sequence ids; create table w (id int default nextval('ids')); create table u (id int default nextval('ids'));
