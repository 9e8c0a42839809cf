begin;

drop type public.r;

create type public.r as range (
  subtype = text,
  collation = "C",
  multirange_type_name = public.r_multirange
);

commit;
