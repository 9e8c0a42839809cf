create table t (id int primary key, a text, b int);
create sequence s; alter table t add c int default nextval('s'); alter sequence s owned by t.c;
