begin;

-- loses the values of public.p.b
alter table public.p drop column b;

commit;
