begin;

-- loses the values of public.t.b
alter table public.t drop column b;

-- loses the values of public.t.c
alter table public.t drop column c;

-- loses the values of public.t.d
alter table public.t drop column d;

alter table public.t alter column a type bigint;

alter table public.t add column b integer generated always as ((a + 2));

alter table public.t add column c integer generated always as (a);

alter table public.t add column d integer generated always as ((a * 2));

commit;
