begin;

alter domain public.positive rename to positive__replaced;

create domain public.positive as bigint;

alter table public.t alter column a type public.positive using a::text::public.positive;

drop type public.mood;

create type public.mood as enum (
  'ok'
);

alter table public.t alter column b type public.mood using b::text::public.mood;

drop domain public.positive__replaced;

commit;
