begin;

set check_function_bodies = off;

drop view public.bookings;

drop function public.starts(public.span);

alter type public.span rename to span__replaced;

alter type public.span_multirange rename to span_multirange__replaced;

alter function public.span(integer, integer) rename to span__replaced;

alter function public.span(integer, integer, pg_catalog.text) rename to span__replaced;

alter function public.span_multirange() rename to span_multirange__replaced;

alter function public.span_multirange(public.span__replaced) rename to span_multirange__replaced;

alter function public.span_multirange(public.span__replaced[]) rename to span_multirange__replaced;

create type public.span as range (
  subtype = bigint,
  multirange_type_name = public.span_multirange
);

alter table public.booking alter column during type public.span using during::text::public.span;

drop type public.span__replaced;

CREATE OR REPLACE FUNCTION public.starts(public.span)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)::int$function$;

create or replace view public.bookings as
 SELECT lower(during) AS begins
   FROM public.booking;

commit;
