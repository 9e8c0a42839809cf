create schema app; create sequence app.s; create table w (id int default nextval('app.s'));
