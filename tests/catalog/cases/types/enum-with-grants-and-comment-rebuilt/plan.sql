begin;

alter type public.e rename to e__replaced;

create type public.e as enum (
  'b'
);

revoke usage on type public.e from public;

grant usage on type public.e to corpus_r;

comment on type public.e is 'E';

alter table public.t alter column x type public.e using x::text::public.e;

drop type public.e__replaced;

commit;
