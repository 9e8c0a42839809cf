begin;

alter table public.p drop constraint p_v_fkey;

alter table only public.p1a alter column v set default 3;

alter table public.p add constraint p_v_fkey FOREIGN KEY (v) REFERENCES public.o(x) ON DELETE CASCADE;

commit;
