begin;

alter table public.u drop constraint u_t_id_fkey;

alter table public.t drop constraint t_pkey;

alter table public.t alter column b set not null;

alter table public.t add constraint t_pkey PRIMARY KEY (b);

commit;
