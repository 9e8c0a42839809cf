begin;

alter table public.t drop constraint t_y_check;

alter domain public.d drop constraint d_check;

alter type public.e rename to e__replaced;

create type public.e as enum (
  'a'
);

alter domain public.d rename to d__replaced;

create domain public.d as public.e;

alter table public.t alter column x type public.d using x::text::public.d;

drop domain public.d__replaced;

alter table public.t alter column y type public.e using y::text::public.e;

drop type public.e__replaced;

alter table public.t add constraint t_y_check CHECK ((y = 'a'::public.e));

commit;
