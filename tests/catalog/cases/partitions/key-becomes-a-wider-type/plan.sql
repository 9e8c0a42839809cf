begin;

alter table public.events detach partition public.events_low;

alter table public.events detach partition public.events_rest;

drop index public.events_low_at_idx;

drop index public.events_rest_at_idx;

alter table public.events_low drop constraint events_low_pkey;

alter table public.events_rest drop constraint events_rest_pkey;

drop view public.recent;

drop table public.events;

create table public.events (
  id bigint constraint events_id_not_null not null,
  at date constraint events_at_not_null not null,
  constraint events_pkey PRIMARY KEY (id, at)
) partition by RANGE (id);

alter table public.events_low alter column id type bigint;

alter table public.events_rest alter column id type bigint;

create or replace view public.recent as
 SELECT id
   FROM public.events
  WHERE (at > '2024-01-01'::date);

alter table public.events_low add constraint events_low_pkey PRIMARY KEY (id, at);

alter table public.events_rest add constraint events_rest_pkey PRIMARY KEY (id, at);

CREATE INDEX events_at ON ONLY public.events USING btree (at);

CREATE INDEX events_low_at_idx ON public.events_low USING btree (at);

CREATE INDEX events_rest_at_idx ON public.events_rest USING btree (at);

alter table public.events attach partition public.events_low FOR VALUES FROM ('0') TO ('1000');

alter table public.events attach partition public.events_rest DEFAULT;

alter index public.events_at attach partition public.events_low_at_idx;

alter index public.events_pkey attach partition public.events_low_pkey;

alter index public.events_at attach partition public.events_rest_at_idx;

alter index public.events_pkey attach partition public.events_rest_pkey;

commit;
