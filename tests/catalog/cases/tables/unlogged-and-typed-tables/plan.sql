begin;

alter table public.u set logged;

alter table public.t alter column b set not null;

alter table only public.t alter column b set default 'x'::text;

commit;
