begin;

alter table public.t drop constraint c;

alter table public.t drop constraint f;

alter table public.t drop constraint g;

alter table public.t add constraint c CHECK ((a > 0));

alter table public.t add constraint f FOREIGN KEY (a) REFERENCES public.p(a);

alter table public.t add constraint g CHECK ((a < 9)) NOT ENFORCED;

commit;
