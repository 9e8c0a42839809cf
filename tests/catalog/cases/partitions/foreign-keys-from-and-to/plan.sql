begin;

alter table public.c drop constraint c_id_k_fkey;

alter table public.p drop constraint p_v_fkey;

create table public.p2 (
  id integer constraint p_id_not_null not null,
  k text constraint p_k_not_null not null,
  at date constraint p_at_not_null not null,
  v integer,
  constraint p2_pkey PRIMARY KEY (id, k)
);

alter table public.p attach partition public.p2 DEFAULT;

alter index public.p_pkey attach partition public.p2_pkey;

alter table public.c add constraint c_id_k_fkey FOREIGN KEY (id, k) REFERENCES public.p(id, k) ON DELETE CASCADE;

alter table public.p add constraint p_v_fkey FOREIGN KEY (v) REFERENCES public.o(id) ON DELETE CASCADE;

commit;
