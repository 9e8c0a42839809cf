begin;

alter table public.u drop constraint u_t_id_fkey;

alter table public.u add constraint u_t_id_fkey FOREIGN KEY (t_id) REFERENCES public.t(id) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;

commit;
