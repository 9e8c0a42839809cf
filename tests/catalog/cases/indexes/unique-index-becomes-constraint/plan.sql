begin;

drop index public.t_b;

alter table public.t add constraint t_b UNIQUE (b);

commit;
