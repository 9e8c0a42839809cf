begin;

alter table public.w alter column a set storage external;

alter table public.w alter column a set (n_distinct='100');

alter table public.w alter column b set compression pglz;

alter table public.w alter column c set statistics 500;

commit;
