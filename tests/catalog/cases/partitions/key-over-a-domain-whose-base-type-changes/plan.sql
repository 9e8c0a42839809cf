begin;

alter table public.e detach partition public.e_1;

drop table public.e;

alter domain public.region_id rename to region_id__replaced;

create domain public.region_id as bigint;

create table public.e (
  r public.region_id constraint e_r_not_null not null
) partition by LIST (r);

alter table public.e_1 alter column r type public.region_id using r::public.region_id;

drop domain public.region_id__replaced;

alter table public.e attach partition public.e_1 FOR VALUES IN ('1');

commit;
