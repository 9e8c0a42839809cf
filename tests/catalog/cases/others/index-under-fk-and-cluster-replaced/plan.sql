begin;

alter table public.r drop constraint r_a_fkey;

drop index public.u;

alter table public.t add constraint u UNIQUE (a);

alter table public.r add constraint r_a_fkey FOREIGN KEY (a) REFERENCES public.t(a);

commit;
