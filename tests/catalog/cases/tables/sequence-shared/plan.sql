begin;

alter table only public.t alter column a drop default;

alter table only public.u alter column a drop default;

alter sequence public.s as bigint increment by 2 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

alter table public.t alter column a type bigint;

alter table only public.t alter column a set default nextval('public.s'::regclass);

commit;
