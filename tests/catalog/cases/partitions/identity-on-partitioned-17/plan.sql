begin;

alter sequence public.m_b_seq increment by 5 minvalue 1 maxvalue 2147483647 start with 1 cache 1 no cycle;

commit;
