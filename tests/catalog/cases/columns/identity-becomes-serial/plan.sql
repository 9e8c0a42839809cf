begin;

alter table public.w alter column id drop identity;

create sequence public.w_id_seq as integer;

alter table only public.w alter column id set default nextval('public.w_id_seq'::regclass);

select pg_catalog.setval('public.w_id_seq', max(id)) from public.w having max(id) >= (select last_value from public.w_id_seq);

alter sequence public.w_id_seq owned by public.w.id;

commit;
