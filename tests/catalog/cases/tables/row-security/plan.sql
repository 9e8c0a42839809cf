begin;

alter table public.t enable row level security;

alter table public.t force row level security;

alter table public.u disable row level security;

alter table public.u no force row level security;

create policy own on public.t as restrictive for update to public using ((owner = CURRENT_USER)) with check ((a > 0));

commit;
