begin;

alter table public.m detach partition public.m1;

alter table public.m alter column a set not null;

alter table public.m1 add constraint m_a_not_null not null a;

alter table public.m alter column b set not null;

alter table public.m1 add constraint m_b_not_null not null b;

alter table public.m add column c integer default 3;

alter table public.m1 add column c integer default 3;

alter table only public.m add constraint m_pkey PRIMARY KEY (a, b);

alter table only public.m1 add constraint m1_pkey PRIMARY KEY (a, b);

create table public.m1b (
  a integer constraint m_a_not_null not null,
  b integer constraint m_b_not_null not null,
  c integer default 3,
  constraint m1b_pkey PRIMARY KEY (a, b)
);

create table public.m3 (
  a integer constraint m_a_not_null not null,
  b integer constraint m_b_not_null not null,
  c integer default 3,
  constraint m3_pkey PRIMARY KEY (a, b)
) partition by HASH (b);

create table public.m3a (
  a integer constraint m_a_not_null not null,
  b integer constraint m_b_not_null not null,
  c integer default 3,
  constraint m3a_pkey PRIMARY KEY (a, b)
);

alter table only public.m1a alter column c set default 3;

alter table public.m1a add constraint m1a_pkey PRIMARY KEY (a, b);

alter index public.m1_pkey attach partition public.m1a_pkey;

alter table public.m1 attach partition public.m1b FOR VALUES FROM (5) TO (MAXVALUE);

alter index public.m1_pkey attach partition public.m1b_pkey;

alter table public.m attach partition public.m1 FOR VALUES IN (1, 2);

alter table public.m3 attach partition public.m3a FOR VALUES WITH (modulus 2, remainder 0);

alter index public.m3_pkey attach partition public.m3a_pkey;

alter table public.m attach partition public.m3 FOR VALUES IN (3);

alter index public.m_pkey attach partition public.m1_pkey;

alter index public.m_pkey attach partition public.m3_pkey;

commit;
