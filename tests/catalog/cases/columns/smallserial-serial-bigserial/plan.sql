begin;

alter table only public.w alter column a drop default;

alter table only public.w alter column b drop default;

alter table only public.w alter column c drop default;

alter sequence public.w_a_seq as integer increment by 1 minvalue 1 maxvalue 2147483647 start with 1 cache 1 no cycle;

alter sequence public.w_b_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

select pg_catalog.setval('public.w_c_seq', 32767, false) from public.w_c_seq where last_value > 32767;

alter sequence public.w_c_seq as smallint increment by 1 minvalue 1 maxvalue 32767 start with 1 cache 1 no cycle;

alter table public.w alter column a type integer,
  alter column b type bigint,
  alter column c type smallint;

alter table only public.w alter column a set default nextval('public.w_a_seq'::regclass);

alter table only public.w alter column b set default nextval('public.w_b_seq'::regclass);

alter table only public.w alter column c set default nextval('public.w_c_seq'::regclass);

commit;
