begin;

alter table public.e detach partition public.e_1;

drop table public.e;

create table public.e (
  at timestamp(0) without time zone constraint e_at_not_null not null,
  v text
) partition by RANGE (((at)::date));

alter table public.e_1 alter column at type timestamp(0) without time zone;

alter table public.e attach partition public.e_1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

commit;
