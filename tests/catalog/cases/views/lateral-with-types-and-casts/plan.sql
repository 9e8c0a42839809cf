begin;

drop view public.v;

drop type public.k;

create type public.k as enum (
  'b',
  'a'
);

create or replace view public.v as
 SELECT (s.x)::public.k AS k,
    'a'::public.k AS c
   FROM public.t,
    LATERAL ( SELECT t.a AS x) s;

commit;
