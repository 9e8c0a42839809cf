begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT SECURITY DEFINER LEAKPROOF COST 7
 SET search_path TO 'public'
AS $function$begin return 2; end$function$;

CREATE OR REPLACE PROCEDURE public.p(IN a integer)
 LANGUAGE plpgsql
AS $procedure$begin end$procedure$;

commit;
