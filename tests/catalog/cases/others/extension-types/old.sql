create extension hstore;
create table t (h hstore default '');
create index on t using gin (h);
