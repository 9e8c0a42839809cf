create function slug(t text) returns text language sql immutable as 'select lower(t)';
create table posts (title text, s text generated always as (slug(title)) stored);
create index on posts (s);
