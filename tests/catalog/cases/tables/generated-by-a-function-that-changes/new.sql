create function slug(t text) returns varchar language sql immutable as 'select upper(t)::varchar';
create table posts (title text, s text generated always as (slug(title)) stored);
create index on posts (s);
