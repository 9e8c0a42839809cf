begin;

alter table public.k no inherit public.q;

commit;
