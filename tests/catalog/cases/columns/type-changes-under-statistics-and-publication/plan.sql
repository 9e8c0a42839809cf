begin;

alter publication p drop table only public.w;

drop statistics public.s;

drop statistics public.s2;

alter table public.w alter column a type bigint,
  alter column b type bigint;

CREATE STATISTICS public.s ON a, b FROM public.w;

CREATE STATISTICS public.s2 ON (a + b), (a * 2) FROM public.w;

alter publication p add table only public.w (id, a) where ((a > 0));

commit;
