begin;

alter policy p on public.t using ((id > 0));

-- loses the values of public.t.b
alter table public.t drop column b;

commit;
