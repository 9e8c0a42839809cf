begin;

alter table public.p add column g integer generated always as ((id * 2)) stored;

alter table public.p add column d text default 'x'::text;

alter table only public.p1 alter column d set default 'y'::text;

commit;
