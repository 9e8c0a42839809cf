begin;

alter table public.m add constraint m_a_check CHECK ((a > 0));

create table public.m1 (
  b text default 'own'::text not null,
  a integer,
  constraint m1_b_check CHECK ((b <> ''::text)),
  constraint m_a_check CHECK ((a > 0))
);

alter table public.m attach partition public.m1 FOR VALUES IN (1);

commit;
