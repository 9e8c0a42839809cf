begin;

alter table public.t drop constraint t_a_key;

alter table public.t drop constraint t_b_check;

alter table public.t drop constraint t_c_fkey;

alter table public.t drop constraint x;

alter table public.t add constraint t_a_key UNIQUE (a) DEFERRABLE INITIALLY DEFERRED;

alter table public.t add constraint t_b_check CHECK ((b > 1));

alter table public.t add constraint t_c_fkey FOREIGN KEY (c) REFERENCES public.r(a) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE;

alter table public.t add constraint x UNIQUE NULLS NOT DISTINCT (b, c) INCLUDE (a);

commit;
