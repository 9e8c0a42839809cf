begin;

alter table public.logs detach partition public.logs_a;

alter table public.logs detach partition public.logs_b;

drop table public.logs;

create table public.logs (
  id integer constraint logs_id_not_null not null,
  kind text constraint logs_kind_not_null not null
) partition by RANGE (id);

alter table public.logs attach partition public.logs_a FOR VALUES FROM (0) TO (10);

alter table public.logs attach partition public.logs_b FOR VALUES FROM (10) TO (20);

commit;
