begin;

alter table only public.t alter column a drop default;

alter type public.mood rename to mood__replaced;

create type public.mood as enum (
  'ok',
  'sad'
);

alter domain public.d1 rename to d1__replaced;

create domain public.d1 as public.mood constraint d1_not_null not null;

alter domain public.d2 rename to d2__replaced;

create domain public.d2 as public.d1 constraint d2_check CHECK (((VALUE)::text <> 'sad'::text));

alter table public.t alter column a type public.d2 using a::text::public.d2;

drop domain public.d2__replaced;

alter table public.t alter column b type public.d1[] using b::text::public.d1[];

drop domain public.d1__replaced;

drop type public.mood__replaced;

alter table only public.t alter column a set default 'ok'::public.mood;

commit;
