create table a (id int primary key, x text);
create materialized view m as select id, x from a;
create unique index m_id on m (id);
create materialized view n as select id from m;
