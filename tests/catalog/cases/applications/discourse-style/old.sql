create extension hstore; create extension unaccent;
create function lowest(a text) returns text language sql immutable strict as $$ select lower(public.unaccent('public.unaccent', a)) $$;
create table users (id serial primary key, username varchar(60) not null, trust_level int not null, ip inet, custom hstore default ''::hstore);
create unique index users_lower on users (lower((username)::text));
create table topics (id serial primary key, title varchar not null, user_id int, archetype varchar default 'regular' not null, deleted_at timestamp, constraint pm_has_no_category check (archetype <> 'private_message' or user_id is not null));
create index on topics (lowest(title)) where deleted_at is null;
create view badge_posts as select t.*, u.trust_level from topics t join users u on u.id = t.user_id where t.deleted_at is null;
