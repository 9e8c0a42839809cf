begin;

drop view public.v;

create or replace view public.v as
 SELECT id,
    a AS name
   FROM public.t;

commit;
