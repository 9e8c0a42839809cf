begin;

set check_function_bodies = off;

drop policy p on public.t;

drop function public.ok();

CREATE OR REPLACE FUNCTION public.ok(x integer DEFAULT 1)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$select x > 0$function$;

create policy p on public.t to public using (public.ok());

commit;
