begin;

alter table public.u drop constraint u_t_id_fkey;

alter table public.t drop constraint t_pkey;

alter table public.t add constraint t_pk PRIMARY KEY (id);

alter table public.u add constraint u_t_id_fkey FOREIGN KEY (t_id) REFERENCES public.t(id);

commit;
