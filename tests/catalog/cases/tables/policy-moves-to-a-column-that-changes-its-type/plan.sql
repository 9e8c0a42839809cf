begin;

alter table public.t alter column id type bigint;

alter policy p on public.t using ((id IS NOT NULL));

-- loses the values of public.t.a
alter table public.t drop column a;

alter table public.t set logged;

commit;
