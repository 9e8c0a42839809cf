begin;

set check_function_bodies = off;

drop function public.f(integer,integer);

drop function public.g();

drop function public.h();

CREATE OR REPLACE FUNCTION public.i(integer DEFAULT 3)
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

CREATE OR REPLACE FUNCTION public.f(x integer, b integer)
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

CREATE OR REPLACE FUNCTION public.g()
 RETURNS TABLE(a integer, b integer)
 LANGUAGE sql
AS $function$select 1, 2$function$;

CREATE OR REPLACE FUNCTION public.h(OUT x integer)
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

commit;
