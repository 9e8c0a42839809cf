begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.a(integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$begin return b($1); end$function$;

CREATE OR REPLACE FUNCTION public.b(integer)
 RETURNS integer
 LANGUAGE sql
AS $function$select a($1)$function$;

create or replace view public.v as
 SELECT public.a(1) AS a;

CREATE OR REPLACE FUNCTION public.c()
 RETURNS SETOF public.v
 LANGUAGE sql
AS $function$select * from v$function$;

commit;
