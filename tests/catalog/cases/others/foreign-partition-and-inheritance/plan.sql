begin;

create server s2 version '1' foreign data wrapper postgres_fdw;

create foreign table public.f (
  a integer
) server s;

alter table public.m attach partition public.f FOR VALUES IN (1);

commit;
