begin;

set check_function_bodies = off;

alter domain public.d drop constraint d_check;

CREATE OR REPLACE FUNCTION public.ok2(integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$select true$function$;

alter domain public.d add constraint d_check CHECK (public.ok2(VALUE));

CREATE OR REPLACE FUNCTION public.ok(integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 > 1$function$;

commit;
