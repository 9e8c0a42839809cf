begin;

drop type public.c2;

drop type public.c;

create type public.c as (
  a bigint,
  d date,
  b text collate "C"
);

comment on type public.c is 'y';

create type public.c2 as (
  y integer,
  x public.c,
  z public.c[]
);

comment on column public.c.a is 'x';

commit;
