begin;

set check_function_bodies = off;

drop function public.f(pg_catalog.text);

CREATE OR REPLACE FUNCTION public.f(bigint)
 RETURNS integer
 LANGUAGE sql
AS $function$select 3$function$;

CREATE OR REPLACE FUNCTION public.f(text, integer)
 RETURNS integer
 LANGUAGE sql
AS $function$select 2$function$;

commit;
