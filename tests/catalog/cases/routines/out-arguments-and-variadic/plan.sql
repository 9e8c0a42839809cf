begin;

set check_function_bodies = off;

drop function public.f(integer,integer[]);

CREATE OR REPLACE FUNCTION public.f(a integer, OUT b integer, OUT d text, VARIADIC c integer[])
 RETURNS record
 LANGUAGE sql
AS $function$ select 1, 'x' $function$;

commit;
