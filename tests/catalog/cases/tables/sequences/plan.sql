begin;

alter sequence public.f owned by none;

alter sequence public.a as bigint increment by -1 minvalue -100 maxvalue -1 start with -1 cache 1 no cycle restart with -1;

select pg_catalog.setval('public.b', 10, false) from public.b where last_value < 10;

alter sequence public.b as bigint increment by 1 minvalue 10 maxvalue 9223372036854775807 start with 50 cache 1 no cycle;

alter sequence public.c as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 20 no cycle;

alter sequence public.d as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

select pg_catalog.setval('public.e', 2147483647, false) from public.e where last_value > 2147483647;

alter sequence public.e as integer increment by 1 minvalue 1 maxvalue 2147483647 start with 1 cache 1 no cycle;

commit;
