begin;

alter table public.c drop constraint c_p_id_fkey;

alter table public.c alter column p_id type bigint;

alter table public.p alter column id type bigint;

alter table public.c add constraint c_p_id_fkey FOREIGN KEY (p_id) REFERENCES public.p(id) ON DELETE CASCADE;

commit;
