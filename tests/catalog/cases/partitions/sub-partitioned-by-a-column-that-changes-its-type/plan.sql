begin;

alter table public.m detach partition public.m_24;

alter table public.m_24 detach partition public.m_24_0;

alter table public.m_24 detach partition public.m_24_1;

drop index public.m_24_0_v_idx;

drop index public.m_24_1_v_idx;

drop table public.m_24;

alter table public.m alter column id type bigint;

create table public.m_24 (
  id bigint constraint m_id_not_null not null,
  d date constraint m_d_not_null not null,
  v text
) partition by HASH (id);

alter table public.m_24_0 alter column id type bigint;

alter table public.m_24_1 alter column id type bigint;

CREATE INDEX m_24_v_idx ON ONLY public.m_24 USING btree (v);

CREATE INDEX m_24_0_v_idx ON public.m_24_0 USING btree (v);

CREATE INDEX m_24_1_v_idx ON public.m_24_1 USING btree (v);

alter table public.m_24 attach partition public.m_24_0 FOR VALUES WITH (modulus 2, remainder 0);

alter index public.m_24_v_idx attach partition public.m_24_0_v_idx;

alter table public.m_24 attach partition public.m_24_1 FOR VALUES WITH (modulus 2, remainder 1);

alter index public.m_24_v_idx attach partition public.m_24_1_v_idx;

alter table public.m attach partition public.m_24 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

alter index public.m_v attach partition public.m_24_v_idx;

commit;
