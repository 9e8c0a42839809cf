begin;

alter table only public.t alter column a drop default;

alter table only public.t alter column b drop default;

alter sequence public.t_a_seq as integer increment by 1 minvalue 1 maxvalue 2147483647 start with 1 cache 1 no cycle;

alter sequence public.t_b_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

create sequence public.t_c_seq;

alter table public.t alter column a type integer,
  alter column b type bigint,
  alter column c type bigint;

alter table public.t alter column c set not null;

alter table only public.t alter column a set default nextval('public.t_a_seq'::regclass);

alter table only public.t alter column b set default nextval('public.t_b_seq'::regclass);

alter table only public.t alter column c set default nextval('public.t_c_seq'::regclass);

select pg_catalog.setval('public.t_c_seq', max(c)) from public.t having max(c) >= (select last_value from public.t_c_seq);

alter sequence public.t_c_seq owned by public.t.c;

commit;
