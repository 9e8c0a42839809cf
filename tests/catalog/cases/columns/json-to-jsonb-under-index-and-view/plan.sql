begin;

drop view public.v;

alter table only public.w alter column d drop default;

alter table public.w alter column d type jsonb using d::text::jsonb,
  alter column x type jsonb using x::text::jsonb;

alter table public.w alter column x set not null;

alter table only public.w alter column d set default '{}'::jsonb;

alter table only public.w alter column x set default '[]'::jsonb;

create or replace view public.v as
 SELECT (d ->> 'a'::text) AS a
   FROM public.w;

CREATE INDEX g ON public.w USING gin (d jsonb_path_ops);

commit;
