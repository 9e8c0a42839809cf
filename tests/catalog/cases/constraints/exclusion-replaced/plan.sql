begin;

alter table public.r drop constraint e;

alter table public.r add constraint e EXCLUDE USING gist (x WITH =, d WITH &&) WHERE ((x > 0));

commit;
