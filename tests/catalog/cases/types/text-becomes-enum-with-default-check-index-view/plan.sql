begin;

alter table public.w drop constraint w_x_check;

drop view public.v;

alter table only public.w alter column x drop default;

create type public.e as enum (
  'a',
  'b'
);

alter table public.w alter column x type public.e using x::public.e;

alter table only public.w alter column x set default 'a'::public.e;

create or replace view public.v as
 SELECT x
   FROM public.w;

commit;
