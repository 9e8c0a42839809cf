begin;

alter table only public.w alter column x drop default;

alter type public.e rename to e__replaced;

create type public.e as enum (
  'a',
  'c'
);

alter table public.w alter column x type public.e using x::text::public.e;

drop type public.e__replaced;

alter table only public.w alter column x set default 'a'::public.e;

commit;
