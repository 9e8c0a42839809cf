begin;

set check_function_bodies = off;

drop type public.pair;

alter type public.floats rename to floats__replaced;

alter type public.floatsmultirange rename to floatsmultirange__replaced;

alter function public.floats(double precision, double precision) rename to floats__replaced;

alter function public.floats(double precision, double precision, pg_catalog.text) rename to floats__replaced;

alter function public.floatsmultirange() rename to floatsmultirange__replaced;

alter function public.floatsmultirange(public.floats__replaced) rename to floatsmultirange__replaced;

alter function public.floatsmultirange(public.floats__replaced[]) rename to floatsmultirange__replaced;

create type public.floats as range (
  subtype = double precision,
  subtype_diff = float8mi,
  multirange_type_name = public.floatsmultirange
);

alter table public.t alter column f type public.floats using f::text::public.floats,
  alter column m type public.floatsmultirange[] using m::text::public.floatsmultirange[];

drop type public.floats__replaced;

create type public.pair as (
  f public.floats,
  m public.floatsmultirange
);

CREATE OR REPLACE FUNCTION public.diff(public.floats)
 RETURNS double precision
 LANGUAGE sql
AS $function$select upper($1) - lower($1)$function$;

commit;
