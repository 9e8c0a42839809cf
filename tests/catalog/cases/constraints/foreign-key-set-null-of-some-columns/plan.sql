begin;

alter table public.u drop constraint fk;

alter table public.u add constraint fk FOREIGN KEY (x, y) REFERENCES public.p(x, y) ON DELETE SET NULL (y);

commit;
