begin;

alter table public.p drop constraint pk;

alter table only public.p add constraint pk PRIMARY KEY (k, id, at);

alter table public.p1 add constraint p1_pkey PRIMARY KEY (k, id, at);

alter table public.p2 add constraint p2_pkey PRIMARY KEY (k, id, at);

alter index public.pk attach partition public.p1_pkey;

alter index public.pk attach partition public.p2_pkey;

commit;
