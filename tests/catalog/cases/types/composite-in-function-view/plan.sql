begin;

set check_function_bodies = off;

alter type public.c add attribute b integer;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS public.c
 LANGUAGE sql
AS $function$select row(1, 2)::c$function$;

commit;
