begin;

drop statistics public.s;

drop statistics public.s2;

CREATE STATISTICS public.s ON a, b, c FROM public.t;

comment on statistics public.s is 'x';

CREATE STATISTICS public.s2 (ndistinct, dependencies) ON a, b FROM public.t;

alter statistics public.s2 set statistics 9;

CREATE STATISTICS public.s3 ON c, (a + b) FROM public.t;

commit;
