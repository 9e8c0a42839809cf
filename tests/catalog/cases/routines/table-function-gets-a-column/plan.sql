begin;

set check_function_bodies = off;

drop view public.v;

drop function public.f();

CREATE OR REPLACE FUNCTION public.f()
 RETURNS TABLE(a integer, b text)
 LANGUAGE sql
AS $function$ select 1, 'x' $function$;

create or replace view public.v as
 SELECT a
   FROM public.f() f(a, b);

commit;
