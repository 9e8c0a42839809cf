begin;

drop index public.x;

alter table public.t replica identity default;

commit;
