begin;

alter table public.k drop constraint k_x_fkey;

alter table public.p drop constraint pk;

alter table public.p drop constraint un;

alter table public.p add constraint pk PRIMARY KEY (x, y);

alter table public.k add constraint k_x_y_fkey FOREIGN KEY (x, y) REFERENCES public.p(x, y);

commit;
