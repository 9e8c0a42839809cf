begin;

alter type public.span rename to span__replaced;

alter type public.spans rename to spans__replaced;

alter function public.span(integer, integer) rename to span__replaced;

alter function public.span(integer, integer, pg_catalog.text) rename to span__replaced;

alter function public.spans() rename to spans__replaced;

alter function public.spans(public.span__replaced) rename to spans__replaced;

alter function public.spans(public.span__replaced[]) rename to spans__replaced;

create type public.span as range (
  subtype = integer,
  multirange_type_name = public.span_set
);

alter table public.t alter column b type public.span_set using b::text::public.span_set;

alter table public.t alter column b type public.span_set using b::text::public.span_set;

alter table public.t alter column a type public.span using a::text::public.span;

drop type public.span__replaced;

commit;
