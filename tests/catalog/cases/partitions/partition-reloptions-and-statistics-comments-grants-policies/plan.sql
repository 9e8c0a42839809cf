begin;

alter table public.m enable row level security;

alter table public.m1 set (fillfactor='50');

alter table public.m1 enable row level security;

grant select on table public.m1 to corpus_r;

comment on table public.m1 is 'x';

alter table public.m1 alter column b set statistics 5;

comment on column public.m1.b is 'y';

create policy p on public.m to public;

commit;
