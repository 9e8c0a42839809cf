begin;

alter table public.n drop constraint n_parent_fkey;

alter table public.n alter column id type text,
  alter column parent type text;

alter table public.n add constraint n_parent_fkey FOREIGN KEY (parent) REFERENCES public.n(id) ON DELETE CASCADE;

commit;
