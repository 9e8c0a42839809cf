begin;

drop trigger x on public.t;

drop trigger y on public.t;

drop trigger z on public.t;

drop function public.tf();

commit;
