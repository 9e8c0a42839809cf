begin;

alter table public.t alter column a set storage extended;

alter table public.t alter column a set statistics 7;

alter table public.t alter column b set storage main;

alter table public.t alter column b set compression pglz;

alter table public.t alter column b set statistics -1;

alter table public.t alter column c reset (n_distinct);

alter table public.t alter column c set (n_distinct_inherited='-0.5');

commit;
