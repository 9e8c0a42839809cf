create extension hstore;
create extension citext;
create table t (h hstore default 'a=>1', c citext unique);
create index on t using gist (h);
