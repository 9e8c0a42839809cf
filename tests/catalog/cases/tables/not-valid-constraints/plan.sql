begin;

alter table public.t drop constraint d;

alter table public.t validate constraint c;

alter table public.t validate constraint f;

alter table public.t add constraint d CHECK ((a < 10)) NOT VALID;

commit;
