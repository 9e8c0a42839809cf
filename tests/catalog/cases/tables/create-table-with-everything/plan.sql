begin;

create table public.t (
  id bigint generated always as identity not null,
  a integer default 1 not null,
  b text collate "C",
  c numeric(10,2),
  d character varying(20),
  constraint t_pkey PRIMARY KEY (id),
  constraint t_d_key UNIQUE (d),
  constraint ab CHECK (((a < 10) OR (b IS NOT NULL))),
  constraint t_c_check CHECK ((c > (0)::numeric))
) with (fillfactor='70');

comment on table public.t is 'it''s';

comment on column public.t.a is 'ä';

comment on constraint ab on public.t is 'c';

commit;
