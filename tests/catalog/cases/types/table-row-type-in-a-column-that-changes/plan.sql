begin;

alter table public.addr add column city text;

commit;
