begin;

drop view public.v;

drop view public.v1;

alter table public.p alter column v type bigint;

create or replace view public.v as
 SELECT v
   FROM public.p;

create or replace view public.v1 as
 SELECT v
   FROM public.p1;

commit;
