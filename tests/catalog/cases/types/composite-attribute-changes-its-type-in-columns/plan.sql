begin;

set check_function_bodies = off;

drop index public.people_zip_of_idx;

drop view public.zips;

drop function public.zip_of(public.address);

alter type public.address rename to address__replaced;

create type public.address as (
  street text,
  zip text
);

alter table public.people alter column home type public.address using home::text::public.address,
  alter column others type public.address[] using others::text::public.address[];

drop type public.address__replaced;

CREATE OR REPLACE FUNCTION public.zip_of(a public.address)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select a.zip$function$;

create or replace view public.zips as
 SELECT (home).zip AS zip
   FROM public.people;

CREATE INDEX people_zip_of_idx ON public.people USING btree (public.zip_of(home));

commit;
