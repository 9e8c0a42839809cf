begin;

drop view public.v;

-- loses the values of public.w.c
alter table public.w drop column c;

alter table public.w alter column a type bigint,
  alter column b type text;

alter table public.w add column e integer;

alter table public.w alter column d type numeric;

create or replace view public.v as
 SELECT a,
    b,
    e AS c,
    d
   FROM public.w;

commit;
