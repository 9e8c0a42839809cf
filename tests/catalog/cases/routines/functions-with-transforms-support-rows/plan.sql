begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS SETOF integer
 LANGUAGE sql
 ROWS 50
AS $function$select 1$function$;

CREATE OR REPLACE FUNCTION public.w(integer)
 RETURNS integer
 LANGUAGE internal
 WINDOW IMMUTABLE
AS $function$window_row_number$function$;

commit;
