begin;

alter table only public.k alter column x drop default;

alter table only public.p alter column x drop default;

alter type public.e rename to e__replaced;

create type public.e as enum (
  'b',
  'a'
);

alter table public.p alter column x type public.e using x::text::public.e;

drop type public.e__replaced;

alter table only public.k alter column x set default 'a'::public.e;

alter table only public.p alter column x set default 'a'::public.e;

commit;
