begin;

set check_function_bodies = off;

drop function public.f();

drop function public.f(integer);

CREATE OR REPLACE FUNCTION public.f(text, VARIADIC integer[])
 RETURNS integer
 LANGUAGE sql
AS $function$select 3$function$;

CREATE OR REPLACE FUNCTION public.f(integer, integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
AS $function$select 2$function$;

CREATE OR REPLACE FUNCTION public.f(text)
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

commit;
