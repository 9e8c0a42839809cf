begin;

set check_function_bodies = off;

drop view public.v;

drop function public.f(integer,pg_catalog.text);

CREATE OR REPLACE FUNCTION public.f(a integer DEFAULT 2, b text DEFAULT 'y'::text, c integer DEFAULT 3)
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

create or replace view public.v as
 SELECT public.f() AS f;

commit;
