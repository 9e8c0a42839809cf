begin;

set check_function_bodies = off;

drop view public.v;

CREATE OR REPLACE FUNCTION public.f(public.t)
 RETURNS integer
 LANGUAGE sql
AS $function$select $1.a + 1$function$;

alter table public.t add column b text;

alter table public.u add column z integer;

create or replace view public.v as
 SELECT public.f(t.*) AS q
   FROM public.t;

commit;
