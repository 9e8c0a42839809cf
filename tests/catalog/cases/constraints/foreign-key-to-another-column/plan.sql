begin;

alter table public.u drop constraint fk;

alter table public.u add constraint fk FOREIGN KEY (t_id) REFERENCES public.t(b);

commit;
