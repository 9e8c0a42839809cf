begin;

set check_function_bodies = off;

drop index public.i;

CREATE OR REPLACE FUNCTION public.f(integer, integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 + $2$function$;

alter table only public.t alter column b set default public.f(1, 2);

create or replace view public.v as
 SELECT public.f(b, 1) AS f
   FROM public.t;

drop function public.f(integer);

CREATE INDEX i ON public.t USING btree (public.f(b, 2));

commit;
