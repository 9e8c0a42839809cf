begin;

set check_function_bodies = off;

comment on type public.e is 'e';

comment on domain public.d is 'd';

comment on constraint d_check on domain public.d is 'dc';

comment on function public.f(integer) is 'f';

comment on sequence public.s is 's';

comment on table public.t is E'line
line ''quoted'' \\ back';

comment on column public.t.a is '$$ dollar $$';

comment on view public.v is 'v';

comment on column public.v.x is 'vx';

comment on constraint k on public.t is 'k';

comment on index public.t_pkey is 'pki';

comment on constraint t_pkey on public.t is 'pk';

comment on index public.i is 'i';

commit;
