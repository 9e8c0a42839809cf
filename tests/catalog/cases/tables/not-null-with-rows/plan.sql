begin;

alter table public.t alter column a set not null;

alter table public.t alter column b drop not null;

alter table public.t alter column c set not null;

alter table public.t add column d integer default 7 not null;

alter table only public.t alter column c set default 'y'::text;

commit;
