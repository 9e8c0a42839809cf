begin;

alter table public.u drop constraint u_b_fkey;

alter table public.t drop constraint t_b;

CREATE UNIQUE INDEX t_b ON public.t USING btree (b);

alter table public.u add constraint u_b_fkey FOREIGN KEY (b) REFERENCES public.t(b);

commit;
