begin;

-- loses the values of public.t.c
alter table public.t drop column c;

alter domain public.price rename to price__replaced;

create domain public.price as bigint;

alter table public.t alter column a type public.price using a::public.price,
  alter column b type public.price[] using b::text::public.price[];

alter table public.t alter column a set storage plain;

drop domain public.price__replaced;

alter table public.t add column c public.price generated always as (2) stored;

commit;
