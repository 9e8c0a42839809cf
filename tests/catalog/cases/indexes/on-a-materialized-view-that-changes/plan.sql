begin;

drop materialized view public.m;

create materialized view public.m as
 SELECT id,
    a,
    b
   FROM public.t;

CREATE INDEX mb ON public.m USING btree (b);

CREATE UNIQUE INDEX mi ON public.m USING btree (id);

commit;
