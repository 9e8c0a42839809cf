begin;

alter domain public.positive rename to positive__replaced;

create domain public.positive as bigint;

alter table public.m alter column a type public.positive using a::public.positive;

drop domain public.positive__replaced;

commit;
