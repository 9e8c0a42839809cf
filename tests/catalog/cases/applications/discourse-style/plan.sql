begin;

set check_function_bodies = off;

drop index public.users_lower;

alter table public.topics drop constraint pm_has_no_category;

drop view public.badge_posts;

alter table only public.topics alter column id drop default;

alter table only public.users alter column custom drop default;

CREATE OR REPLACE FUNCTION public.lowest(a text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ select lower(public.unaccent('public.unaccent', a)) $function$;

alter sequence public.topics_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

alter table public.topics alter column id type bigint;

alter table public.topics add column fancy_title character varying(400);

alter table public.users add column username_lower character varying(60) default ''::character varying not null;

alter table public.users alter column trust_level type smallint;

alter table public.topics alter column deleted_at type timestamp(3) without time zone;

alter table public.users alter column custom type jsonb using custom::text::jsonb;

alter table only public.topics alter column id set default nextval('public.topics_id_seq'::regclass);

alter table only public.users alter column custom set default '{}'::jsonb;

create or replace view public.badge_posts as
 SELECT t.id,
    t.title,
    t.fancy_title,
    t.user_id,
    t.archetype,
    t.deleted_at,
    u.trust_level
   FROM (public.topics t
     JOIN public.users u ON ((u.id = t.user_id)))
  WHERE (t.deleted_at IS NULL);

alter table public.topics add constraint pm_has_no_category CHECK ((((archetype)::text <> 'private_message'::text) OR (user_id IS NULL)));

CREATE UNIQUE INDEX users_lower ON public.users USING btree (username_lower);

CREATE RULE no_delete AS
    ON DELETE TO public.topics DO INSTEAD  UPDATE public.topics SET deleted_at = now()
  WHERE (topics.id = old.id);

commit;
