begin;

set check_function_bodies = off;

-- loses all rows of public.t
drop table public.t;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS bigint
 LANGUAGE sql
AS $function$select count(*) from u$function$;

create table public.u (
  a integer
);

commit;
