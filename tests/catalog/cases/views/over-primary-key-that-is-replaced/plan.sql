begin;

drop view public.v;

alter table public.t drop constraint t_pkey;

alter table public.t add constraint t_other PRIMARY KEY (id);

create or replace view public.v as
 SELECT id,
    a,
    count(*) AS count
   FROM public.t
  GROUP BY id;

commit;
