begin;

alter extension citext set schema public;

alter table public.t alter column x type public.citext;

commit;
