begin;

drop view public.v;

create or replace view public.v as
 SELECT id,
    a,
    b,
    count(*) AS count
   FROM public.t
  GROUP BY id;

commit;
