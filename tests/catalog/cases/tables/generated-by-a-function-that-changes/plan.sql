begin;

set check_function_bodies = off;

-- loses the values of public.posts.s
alter table public.posts drop column s;

drop function public.slug(pg_catalog.text);

CREATE OR REPLACE FUNCTION public.slug(t text)
 RETURNS character varying
 LANGUAGE sql
 IMMUTABLE
AS $function$select upper(t)::varchar$function$;

alter table public.posts add column s text generated always as (public.slug(title)) stored;

CREATE INDEX posts_s_idx ON public.posts USING btree (s);

commit;
