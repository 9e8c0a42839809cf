begin;

drop view public.x;

drop view public.w;

drop view public.v;

create or replace view public.v as
 SELECT id,
    b
   FROM public.t;

create or replace view public.w as
 SELECT id
   FROM public.v;

create or replace view public.x as
 SELECT id
   FROM public.w;

commit;
