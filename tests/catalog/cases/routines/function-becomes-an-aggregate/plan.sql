begin;

create or replace view public.v as
 select null::integer as x;

drop function public.agg(integer);

create or replace aggregate public.agg(integer) (
  sfunc = int4pl,
  stype = integer,
  initcond = '0'
);

create or replace view public.v as
 SELECT public.agg(b) AS x
   FROM public.t;

commit;
