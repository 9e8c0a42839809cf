begin;

drop view public.v;

-- loses the values of public.m.c
alter table public.m drop column c;

alter table public.m alter column b type bigint;

alter table public.m alter column b set not null;

alter table public.m add column d text generated always as ('x'::text) stored;

alter table only public.m alter column b set default 5;

alter table only public.m1 alter column b set default 5;

alter table only public.m2 alter column b set default 6;

create or replace view public.v as
 SELECT b
   FROM public.m1;

commit;
