begin;

alter table only public.w alter column tag drop default;

alter table public.w alter column tag type text[] using tag::text[];

alter table only public.w alter column tag set default '{x}'::text[];

commit;
