create table a (id int primary key, x text);
create table m (id int, x text);
create unique index m_id on m (id);
create view n as select id from m;
