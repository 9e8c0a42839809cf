begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.s(integer, integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 * $2$function$;

create or replace aggregate public.a(integer) (
  sfunc = public.s,
  stype = integer,
  initcond = '1',
  parallel = safe
);

comment on routine public.a(integer) is 'x';

commit;
