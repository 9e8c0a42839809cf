begin;

alter table public.t drop constraint k1;

alter table public.t drop constraint k2;

alter table public.t add constraint k1 UNIQUE (b);

alter table public.t add constraint k2 CHECK ((b > 0));

commit;
