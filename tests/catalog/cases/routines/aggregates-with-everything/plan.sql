begin;

set check_function_bodies = off;

drop routine public.a(integer);

CREATE OR REPLACE FUNCTION public.mf(bigint, integer)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 + $2$function$;

create or replace aggregate public.a(integer) (
  sfunc = public.mf,
  stype = bigint,
  initcond = '5',
  parallel = safe
);

create or replace view public.v as
 SELECT public.a(b) AS a
   FROM public.t;

commit;
