begin;

drop materialized view public.m2;

drop view public.v2;

drop materialized view public.m1;

drop view public.v1;

alter table public.t alter column b type bigint;

create or replace view public.v1 as
 SELECT id,
    b
   FROM public.t;

create materialized view public.m1 as
 SELECT b,
    count(*) AS n
   FROM public.v1
  GROUP BY b;

create or replace view public.v2 as
 SELECT b,
    n
   FROM public.m1
  WHERE (n > 1);

create materialized view public.m2 as
 SELECT b,
    n
   FROM public.v2
with no data;

CREATE INDEX m1_b_idx ON public.m1 USING btree (b);

commit;
