begin;

alter table only public.t alter column x drop default;

alter table public.t alter column x type text,
  alter column y type public.e using y::public.e;

alter table only public.t alter column x set default 'a'::text;

commit;
