begin;

alter table only public.w alter column a set default 5;

alter view public.v set (security_invoker='true', security_barrier='true', check_option='local');

comment on view public.v is 'v';

alter view public.w reset (security_barrier);

alter view public.w set (check_option='cascaded');

comment on column public.w.a is 'x';

commit;
