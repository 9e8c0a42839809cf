begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS integer
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT SECURITY DEFINER LEAKPROOF COST 5
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET work_mem TO '8MB'
AS $function$select 1$function$;

commit;
