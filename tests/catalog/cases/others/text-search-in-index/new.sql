create text search configuration c (copy = english);
create table t (a text, v tsvector generated always as (to_tsvector('public.c', a)) stored);
create index on t using gin (to_tsvector('public.c', a));
