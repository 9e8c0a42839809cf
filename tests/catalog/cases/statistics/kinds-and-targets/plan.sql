begin;

drop statistics public.s;

CREATE STATISTICS public.e ON b, lower(a) FROM public.t;

CREATE STATISTICS public.s (dependencies, mcv) ON a, b FROM public.t;

alter statistics public.s set statistics 500;

comment on statistics public.s is 'x';

commit;
