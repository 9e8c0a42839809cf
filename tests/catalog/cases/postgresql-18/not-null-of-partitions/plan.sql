begin;

alter table public.m rename constraint m_a_not_null to an;

alter table public.m alter column b set not null;

create table public.m2 (
  a integer not null,
  b integer constraint x not null
);

alter table public.m attach partition public.m2 FOR VALUES IN (2);

commit;
