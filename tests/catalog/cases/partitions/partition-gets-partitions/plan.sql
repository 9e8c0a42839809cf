begin;

-- loses all rows of public.p1
drop table public.p1;

create table public.p1 (
  id integer constraint p_id_not_null not null,
  k text constraint p_k_not_null not null,
  at date constraint p_at_not_null not null,
  v integer
) partition by RANGE (id);

create table public.p1a (
  id integer constraint p_id_not_null not null,
  k text constraint p_k_not_null not null,
  at date constraint p_at_not_null not null,
  v integer
);

alter table public.p attach partition public.p1 FOR VALUES IN ('a');

alter table public.p1 attach partition public.p1a FOR VALUES FROM (0) TO (10);

commit;
