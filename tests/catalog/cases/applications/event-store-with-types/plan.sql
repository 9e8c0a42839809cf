begin;

set check_function_bodies = off;

drop index public.by_total;

drop view public.creations;

drop operator public.===(public.event_kind,pg_catalog.text);

drop function public.kind_is(public.event_kind,pg_catalog.text);

drop function public.total(public.item[]);

alter domain public.money_cents rename to money_cents__replaced;

create domain public.money_cents as numeric(12,2) constraint money_cents_check CHECK ((VALUE >= (0)::numeric));

alter type public.item add attribute note text;

alter type public.item rename to item__replaced;

create type public.item as (
  sku text,
  cents public.money_cents,
  note text
);

alter table public.events alter column lines type public.item[] using lines::text::public.item[];

drop type public.item__replaced;

drop domain public.money_cents__replaced;

alter type public.event_kind rename to event_kind__replaced;

create type public.event_kind as enum (
  'renamed',
  'created'
);

alter table public.events alter column kind type public.event_kind using kind::text::public.event_kind;

drop type public.event_kind__replaced;

CREATE OR REPLACE FUNCTION public.kind_is(public.event_kind, text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ select $1::text = $2 $function$;

CREATE OR REPLACE FUNCTION public.total(l public.item[])
 RETURNS public.money_cents
 LANGUAGE sql
 IMMUTABLE
AS $function$ select sum((x).cents)::numeric::public.money_cents from unnest(l) x $function$;

create operator public.=== (function = public.kind_is, leftarg = public.event_kind, rightarg = text);

create or replace view public.creations as
 SELECT id,
    kind,
    lines,
    at
   FROM public.events
  WHERE (kind OPERATOR(public.===) 'created'::text);

CREATE INDEX by_total ON public.events USING btree (public.total(lines));

commit;
