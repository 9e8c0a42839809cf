begin;

drop view public.v;

alter domain public.d rename to d__replaced;

create domain public.d as text default 'x'::text constraint d_not_null not null constraint filled CHECK ((VALUE <> ''::text)) constraint short CHECK ((length(VALUE) < 10));

alter table public.w alter column x type public.d using x::text::public.d,
  alter column y type public.d[] using y::text::public.d[];

drop domain public.d__replaced;

create or replace view public.v as
 SELECT x
   FROM public.w;

commit;
