begin;

alter table public.base drop constraint c;

alter table public.base add constraint c CHECK ((id > 0)) NO INHERIT;

commit;
