create sequence a increment -1 minvalue -100 maxvalue -1 start -1;
create sequence b start 50 minvalue 10;
create sequence c no maxvalue cache 20;
create sequence d as bigint;
create sequence e as integer no cycle;
create sequence f;
create table t (id int);
