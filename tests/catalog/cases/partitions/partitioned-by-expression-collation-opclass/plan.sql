begin;

create table public.m (
  a text,
  b integer
) partition by RANGE (lower(a) COLLATE "C" text_pattern_ops, ((b + 1)));

create table public.m1 (
  a text,
  b integer
);

alter table public.m attach partition public.m1 FOR VALUES FROM ('a', 1) TO ('b', MINVALUE);

commit;
