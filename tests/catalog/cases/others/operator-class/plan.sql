begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.cmp(integer, integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 - $2$function$;

create table public.t (
  a integer
);

create operator class public.oc for type integer using btree family public.f as
  operator 1 <(integer,integer),
  operator 2 <=(integer,integer),
  operator 3 =(integer,integer),
  operator 4 >=(integer,integer),
  operator 5 >(integer,integer),
  function 1 (integer, integer) public.cmp(integer,integer);

CREATE INDEX i ON public.t USING btree (a public.oc DESC NULLS LAST);

commit;
