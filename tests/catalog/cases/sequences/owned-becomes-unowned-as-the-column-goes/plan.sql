begin;

alter sequence public.w_id_seq owned by none;

-- loses the values of public.w.id
alter table public.w drop column id;

commit;
