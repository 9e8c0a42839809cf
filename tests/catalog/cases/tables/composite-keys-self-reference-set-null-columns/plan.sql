begin;

alter table public.t add column d integer;

alter table public.t add constraint t_a_d_fkey FOREIGN KEY (a, d) REFERENCES public.t(a, b) ON DELETE SET NULL (d);

commit;
