begin;

alter table public.e detach partition public.e_1;

drop table public.e;

create table public.e (
  name text collate "C" constraint e_name_not_null not null
) partition by RANGE (name);

alter table public.e_1 alter column name type text collate "C";

alter table public.e attach partition public.e_1 FOR VALUES FROM ('a') TO ('m');

commit;
