begin;

set check_function_bodies = off;

drop index public.i;

CREATE OR REPLACE FUNCTION public.f(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$;

CREATE INDEX i ON public.t USING btree (public.f(a)) WHERE (public.f(a) <> ''::text);

commit;
