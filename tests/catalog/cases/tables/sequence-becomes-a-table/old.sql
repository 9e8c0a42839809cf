create sequence ids;
create table t (id int default nextval('ids'));
