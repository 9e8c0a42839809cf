begin;

alter table public.w alter column id drop identity;

alter table public.w alter column id type uuid using id::text::uuid;

alter table only public.w alter column id set default gen_random_uuid();

commit;
