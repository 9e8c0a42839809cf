begin;

drop view public.v;

grant insert (a), update (a) on table public.t to corpus_r with grant option;

create materialized view public.v as
 SELECT a
   FROM public.t;

grant select on table public.v to corpus_r;

commit;
