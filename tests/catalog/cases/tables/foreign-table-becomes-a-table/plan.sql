begin;

drop view public.v;

drop foreign table public.t;

create table public.t (
  a integer not null,
  b text,
  constraint t_pkey PRIMARY KEY (a)
);

create or replace view public.v as
 SELECT a
   FROM public.t;

commit;
