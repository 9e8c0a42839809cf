begin;

alter sequence public.w_id_seq owned by none;

alter table public.w alter column id drop not null;

create sequence public.ids;

alter table only public.w alter column id set default nextval('public.ids'::regclass);

-- loses the state of public.w_id_seq
drop sequence public.w_id_seq;

alter table only public.u alter column id set default nextval('public.ids'::regclass);

select pg_catalog.setval('public.ids', max(id)) from public.u having max(id) >= (select last_value from public.ids);

commit;
