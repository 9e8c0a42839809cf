begin;

alter table public.m detach partition public.m1;

alter table public.m detach partition public.m2;

alter table public.m detach partition public.md;

alter table public.m attach partition public.lone FOR VALUES FROM (50) TO (60);

alter table public.m attach partition public.m2 FOR VALUES FROM (10) TO (30);

commit;
