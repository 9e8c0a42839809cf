begin;

drop materialized view public.m;

drop view public.v4;

drop view public.v3;

drop view public.v2;

create or replace view public.v1 as
 SELECT a,
    b
   FROM public.t;

create or replace view public.v2 as
 SELECT b AS a,
    a AS b
   FROM public.t;

create or replace view public.v3 as
 SELECT a
   FROM public.v2;

create or replace view public.v4 as
 SELECT v1.a,
    x.q
   FROM public.v1,
    public.v3 x(q);

create materialized view public.m as
 SELECT q
   FROM public.v4;

CREATE INDEX m_q_idx ON public.m USING btree (q);

commit;
