begin;

set check_function_bodies = off;

drop view public.v;

drop function public.f();

CREATE OR REPLACE FUNCTION public.f()
 RETURNS text
 LANGUAGE sql
AS $function$ select 'x' $function$;

create or replace view public.v as
 SELECT public.f() AS x;

commit;
