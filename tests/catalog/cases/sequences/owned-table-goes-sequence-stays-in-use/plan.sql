begin;

alter sequence public.w_id_seq owned by none;

-- loses all rows of public.w
drop table public.w;

commit;
