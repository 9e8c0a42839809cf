begin;

alter table public.p add column b integer;

commit;
