begin;

drop policy p on public.t;

create policy p on public.t for update to postgres using ((id > 0)) with check ((id > 1));

commit;
