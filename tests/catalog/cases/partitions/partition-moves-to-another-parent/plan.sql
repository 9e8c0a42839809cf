begin;

alter table public.p detach partition public.p1;

alter table public.q attach partition public.p1 FOR VALUES IN ('b');

commit;
