begin;

alter table public.t alter column a type character varying(10);

alter policy p on public.t using ((a IS NOT NULL));

-- loses the values of public.t.c
alter table public.t drop column c;

grant select on table public.t to public;

commit;
