begin;

alter table public.w add column a integer default 5 not null;

alter table public.w add column b timestamp with time zone default now() not null;

alter table public.w add column c text default ''::text not null;

alter table public.w add column d uuid default gen_random_uuid() not null;

commit;
