begin;

alter table public.r drop constraint r_a_b_fkey;

alter table public.m drop constraint m_a_b_key;

alter table public.m alter column a set not null;

alter table public.m alter column b set not null;

alter table public.m add column c integer;

alter table public.m add constraint f FOREIGN KEY (c) REFERENCES public.p(id);

alter table only public.m add constraint m_pkey PRIMARY KEY (a, b);

alter table public.m1 add constraint m1_pkey PRIMARY KEY (a, b);

alter index public.m_pkey attach partition public.m1_pkey;

alter table public.r add constraint r_a_b_fkey FOREIGN KEY (a, b) REFERENCES public.m(a, b) ON DELETE CASCADE;

commit;
