begin;

set check_function_bodies = off;

drop view public.v;

drop function public.f(public.d);

alter domain public.d rename to d__replaced;

create domain public.d as bigint constraint d_check CHECK ((VALUE > 0));

alter domain public.dd rename to dd__replaced;

create domain public.dd as public.d;

alter table public.t alter column b type public.dd using b::public.dd;

drop domain public.dd__replaced;

alter table public.t alter column a type public.d using a::public.d,
  alter column c type public.d[] using c::text::public.d[];

drop domain public.d__replaced;

CREATE OR REPLACE FUNCTION public.f(public.d)
 RETURNS public.d
 LANGUAGE sql
AS $function$select $1$function$;

create or replace view public.v as
 SELECT a
   FROM public.t;

commit;
