begin;

alter publication p drop table only public.t;

-- loses the values of public.t.b
alter table public.t drop column b;

alter table public.t alter column a type bigint;

alter publication p add table only public.t (a, c) where ((a > 0));

commit;
