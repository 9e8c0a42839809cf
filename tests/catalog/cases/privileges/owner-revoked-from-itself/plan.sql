begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

revoke execute on function public.f() from public;

revoke execute on function public.f() from postgres;

revoke delete, insert, maintain, references, select, trigger, truncate, update on table public.t from postgres;

commit;
