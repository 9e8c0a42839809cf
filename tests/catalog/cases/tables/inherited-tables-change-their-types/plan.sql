begin;

alter table public.base drop constraint base_v_check;

drop view public.all_of;

alter table only public.base alter column v drop default;

alter table only public.grandkid alter column v drop default;

alter table only public.kid alter column v drop default;

alter table public.base alter column id type bigint,
  alter column v type text;

alter table public.base add constraint base_v_check CHECK ((v <> 'z'::text));

alter table public.kid alter column extra type bigint;

alter table only public.base alter column v set default 'y'::text;

alter table only public.grandkid alter column v set default 'y'::text;

alter table only public.kid alter column v set default 'y'::text;

create or replace view public.all_of as
 SELECT id,
    v
   FROM public.base;

commit;
