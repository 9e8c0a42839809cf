begin;

set check_function_bodies = off;

drop cast (integer AS public.m);

alter type public.m add attribute b integer;

CREATE OR REPLACE FUNCTION public.to_m(integer)
 RETURNS public.m
 LANGUAGE sql
 IMMUTABLE
AS $function$select row($1, $1)::m$function$;

create cast (integer AS public.m) with function public.to_m(integer);

commit;
