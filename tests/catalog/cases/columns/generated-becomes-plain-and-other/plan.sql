begin;

-- loses the values of public.w.c
alter table public.w drop column c;

alter table public.w alter column b drop expression;

alter table public.w add column c integer generated always as ((a + 1)) stored;

commit;
