begin;

drop function public.f(public.e);

alter table public.w alter column x type text,
  alter column y type text[] using y::text[]::text[];

drop type public.e;

commit;
