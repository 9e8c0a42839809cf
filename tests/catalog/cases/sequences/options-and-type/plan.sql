begin;

select pg_catalog.setval('public.s', 50, false) from public.s where last_value > 50;

alter sequence public.s as smallint increment by -2 minvalue -100 maxvalue 50 start with 50 cache 5 cycle;

commit;
