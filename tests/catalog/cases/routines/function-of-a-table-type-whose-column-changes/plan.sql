begin;

set check_function_bodies = off;

drop function public.f(public.t);

CREATE OR REPLACE FUNCTION public.f(public.t)
 RETURNS bigint
 LANGUAGE sql
AS $function$select $1.b$function$;

alter table public.t alter column b type bigint;

alter table public.t add column c text;

commit;
