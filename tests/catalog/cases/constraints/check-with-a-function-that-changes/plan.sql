begin;

set check_function_bodies = off;

alter table public.t drop constraint k;

drop function public.ok(integer);

CREATE OR REPLACE FUNCTION public.ok(integer, integer DEFAULT 5)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 > $2$function$;

alter table public.t add constraint k CHECK (public.ok(b));

commit;
