begin;

drop materialized view public.m;

create materialized view public.m with (fillfactor='50') as
 SELECT a,
    b
   FROM public.t;

comment on materialized view public.m is 'x';

alter materialized view public.m alter column a set statistics 5;

CREATE UNIQUE INDEX m_a_b_idx ON public.m USING btree (a) INCLUDE (b);

alter table public.m cluster on m_a_b_idx;

commit;
