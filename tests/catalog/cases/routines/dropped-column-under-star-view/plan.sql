begin;

drop view public.vv;

drop view public.v;

-- loses the values of public.t.b
alter table public.t drop column b;

create or replace view public.v as
 SELECT a,
    c
   FROM public.t;

create or replace view public.vv as
 SELECT a,
    c
   FROM public.v;

commit;
