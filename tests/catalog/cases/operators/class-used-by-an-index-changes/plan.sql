begin;

set check_function_bodies = off;

drop index public.i;

drop operator class public.oc USING btree;

drop function public.cmp(integer,integer);

CREATE OR REPLACE FUNCTION public.cmp2(integer, integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select $2 - $1$function$;

create operator class public.oc for type integer using btree family public.oc as
  operator 1 >(integer,integer),
  operator 2 >=(integer,integer),
  operator 3 =(integer,integer),
  operator 4 <=(integer,integer),
  operator 5 <(integer,integer),
  function 1 (integer, integer) public.cmp2(integer,integer);

CREATE INDEX i ON public.t USING btree (b public.oc);

commit;
