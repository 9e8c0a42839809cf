begin;

alter table public.t drop constraint u;

alter table public.t add constraint u UNIQUE (b) DEFERRABLE;

commit;
