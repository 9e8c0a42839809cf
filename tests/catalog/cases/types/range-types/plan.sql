begin;

drop type public.r;

create type public.r as range (
  subtype = integer,
  multirange_type_name = public.mr
);

create table public.t (
  a public.r,
  b public.mr
);

commit;
