begin;

alter table public.m detach partition public.m1;

alter table public.m alter column a set not null;

alter table public.m1 add constraint m_a_not_null not null a;

alter table public.m alter column b set not null;

alter table public.m1 add constraint m_b_not_null not null b;

alter table only public.m add constraint m_pkey PRIMARY KEY (a, b);

alter table only public.m1 add constraint m1_pkey PRIMARY KEY (a, b);

alter table public.m1a add constraint m1a_pkey PRIMARY KEY (a, b);

alter index public.m1_pkey attach partition public.m1a_pkey;

alter table public.m attach partition public.m1 FOR VALUES IN (1, 2);

alter index public.m_pkey attach partition public.m1_pkey;

commit;
