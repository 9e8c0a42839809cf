begin;

alter table only public.t alter column x drop default;

alter table public.t alter column x type public.e2 using x::text::public.e2,
  alter column xs type public.e2[] using xs::text[]::public.e2[];

drop type public.e1;

alter table only public.t alter column x set default 'a'::public.e2;

commit;
