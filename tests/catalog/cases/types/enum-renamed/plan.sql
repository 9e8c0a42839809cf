begin;

set check_function_bodies = off;

drop view public.v;

alter table only public.t alter column m drop default;

drop function public.f(public.mood);

create type public.feeling as enum (
  'ok',
  'sad'
);

alter table public.t alter column m type public.feeling using m::text::public.feeling,
  alter column ms type public.feeling[] using ms::text[]::public.feeling[];

drop type public.mood;

CREATE OR REPLACE FUNCTION public.f(public.feeling)
 RETURNS public.feeling
 LANGUAGE sql
AS $function$select $1$function$;

alter table only public.t alter column m set default 'ok'::public.feeling;

create or replace view public.v as
 SELECT m
   FROM public.t
  WHERE (m = 'ok'::public.feeling);

commit;
