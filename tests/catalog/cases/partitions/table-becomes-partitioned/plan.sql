begin;

alter sequence public.measures_id_seq owned by none;

drop view public.last_measures;

-- loses all rows of public.measures
drop table public.measures;

create table public.measures (
  id bigint default nextval('public.measures_id_seq'::regclass) constraint measures_id_not_null not null,
  at timestamp with time zone constraint measures_at_not_null not null,
  value numeric,
  constraint measures_pkey PRIMARY KEY (id, at)
) partition by RANGE (at);

grant select on table public.measures to public;

comment on table public.measures is 'many';

create table public.measures_2024 (
  id bigint default nextval('public.measures_id_seq'::regclass) constraint measures_id_not_null not null,
  at timestamp with time zone constraint measures_at_not_null not null,
  value numeric,
  constraint measures_2024_pkey PRIMARY KEY (id, at)
);

create table public.measures_rest (
  id bigint default nextval('public.measures_id_seq'::regclass) constraint measures_id_not_null not null,
  at timestamp with time zone constraint measures_at_not_null not null,
  value numeric,
  constraint measures_rest_pkey PRIMARY KEY (id, at)
);

create or replace view public.last_measures as
 SELECT id,
    at,
    value
   FROM public.measures;

alter sequence public.measures_id_seq owned by public.measures.id;

CREATE INDEX measures_at ON ONLY public.measures USING btree (at);

CREATE INDEX measures_2024_at_idx ON public.measures_2024 USING btree (at);

CREATE INDEX measures_rest_at_idx ON public.measures_rest USING btree (at);

alter table public.measures attach partition public.measures_2024 FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');

alter table public.measures attach partition public.measures_rest DEFAULT;

alter index public.measures_at attach partition public.measures_2024_at_idx;

alter index public.measures_pkey attach partition public.measures_2024_pkey;

alter index public.measures_at attach partition public.measures_rest_at_idx;

alter index public.measures_pkey attach partition public.measures_rest_pkey;

commit;
