begin;

drop policy p on public.t;

drop policy r on public.t;

alter policy q on public.t using (((a > 0) AND (b > 0)));

alter policy s on public.t with check ((b > 1));

create policy p on public.t as restrictive to public;

create policy r on public.t to public using ((b > 0)) with check ((a > 0));

commit;
