begin;

-- loses the values of public.w.x
alter table public.w drop column x;

drop type public.e;

create type public.e as enum (
  'b',
  'a'
);

alter table public.w add column x public.e generated always as (
CASE
    WHEN (n > 0) THEN 'a'::public.e
    ELSE 'b'::public.e
END) stored;

commit;
