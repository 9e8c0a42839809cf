begin;

alter table public.g alter column a type bigint;

alter table public.g add column z integer default 3 not null;

alter table public.p add column y text;

alter table only public.c alter column z set default 4;

alter table only public.p alter column z set default 3;

commit;
