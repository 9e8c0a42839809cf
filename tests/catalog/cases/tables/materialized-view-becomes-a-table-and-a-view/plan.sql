begin;

drop materialized view public.n;

drop materialized view public.m;

create table public.m (
  id integer,
  x text
);

create or replace view public.n as
 SELECT id
   FROM public.m;

CREATE UNIQUE INDEX m_id ON public.m USING btree (id);

commit;
