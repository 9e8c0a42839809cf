begin;

alter table public.u drop constraint u_a_fkey;

alter table public.t drop constraint t_pkey;

alter table public.t alter column a drop not null;

alter table public.t add constraint t_a_key UNIQUE (a);

alter table public.t add constraint t_pkey PRIMARY KEY (b);

alter table public.u add constraint u_a_fkey FOREIGN KEY (a) REFERENCES public.t(a);

commit;
