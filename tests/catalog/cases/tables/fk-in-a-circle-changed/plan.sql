begin;

alter table public.b drop constraint b_a_fkey;

alter table public.a drop constraint f;

alter table public.a alter column id type bigint;

alter table public.b alter column id type bigint;

alter table public.a alter column b type bigint;

alter table public.b alter column a type bigint;

alter table public.b add constraint b_a_fkey FOREIGN KEY (a) REFERENCES public.a(id);

alter table public.a add constraint f FOREIGN KEY (b) REFERENCES public.b(id) ON DELETE CASCADE;

commit;
