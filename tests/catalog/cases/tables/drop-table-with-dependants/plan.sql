begin;

alter table public.u drop constraint u_t_id_fkey;

drop view public.v;

drop function public.f();

-- loses all rows of public.t
drop table public.t;

commit;
