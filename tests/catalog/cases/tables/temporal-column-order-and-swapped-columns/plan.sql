begin;

alter table public.t alter column b type integer using b::integer,
  alter column a type text;

commit;
