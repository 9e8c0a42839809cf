begin;

drop view public.v;

alter table only public.w alter column at drop default;

alter table only public.w alter column d drop default;

alter table public.w alter column at type timestamp with time zone,
  alter column d type timestamp with time zone;

alter table only public.w alter column at set default now();

alter table only public.w alter column d set default now();

create or replace view public.v as
 SELECT (at)::date AS day
   FROM public.w;

commit;
