begin;

alter table public.a drop constraint ab;

alter table public.b drop constraint b_a_id_fkey;

alter table public.a alter column id type bigint;

alter table public.b alter column id type bigint;

alter table public.a alter column b_id type bigint;

alter table public.b alter column a_id type bigint;

alter table public.a add constraint ab FOREIGN KEY (b_id) REFERENCES public.b(id);

alter table public.b add constraint b_a_id_fkey FOREIGN KEY (a_id) REFERENCES public.a(id);

commit;
