create sequence a;
create sequence b start 5;
create sequence c maxvalue 100;
create sequence d as smallint;
create sequence e cycle;
create sequence f;
create table t (id int);
alter sequence f owned by t.id;
