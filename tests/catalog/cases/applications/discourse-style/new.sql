create extension hstore; create extension unaccent;
create function lowest(a text) returns text language sql immutable strict parallel safe as $$ select lower(public.unaccent('public.unaccent', a)) $$;
create table users (id serial primary key, username varchar(60) not null, username_lower varchar(60) not null default '', trust_level smallint not null, ip inet, custom jsonb default '{}'::jsonb);
create unique index users_lower on users (username_lower);
create table topics (id bigserial primary key, title varchar not null, fancy_title varchar(400), user_id int, archetype varchar default 'regular' not null, deleted_at timestamp(3), constraint pm_has_no_category check (archetype <> 'private_message' or user_id is null));
create index on topics (lowest(title)) where deleted_at is null;
create view badge_posts as select t.*, u.trust_level from topics t join users u on u.id = t.user_id where t.deleted_at is null;
create rule no_delete as on delete to topics do instead update topics set deleted_at = now() where id = old.id;
