begin;

set check_function_bodies = off;

drop function public.f(public.v);

drop view public.v;

alter table public.t alter column a type bigint;

create or replace view public.v as
 SELECT a,
    b
   FROM public.t;

alter view public.v owner to corpus_a;

CREATE OR REPLACE FUNCTION public.f(public.v)
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

grant execute on function public.f(public.v) to corpus_a;

grant update (a) on table public.v to corpus_a;

commit;
