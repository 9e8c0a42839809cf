begin;

alter table public.t drop constraint k;

alter table public.t add constraint k CHECK ((b > 0)) NOT VALID;

commit;
