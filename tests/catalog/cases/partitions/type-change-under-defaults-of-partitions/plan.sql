begin;

drop view public.v;

alter table only public.m alter column a drop default;

alter table only public.m1 alter column a drop default;

alter table public.m alter column a type bigint using a::bigint;

alter table only public.m alter column a set default 2;

alter table only public.m1 alter column a set default 2;

create or replace view public.v as
 SELECT a
   FROM public.m1;

commit;
