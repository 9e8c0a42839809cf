begin;

drop rule r on public.w;

drop materialized view public.m;

alter type public.e rename to e__replaced;

create type public.e as enum (
  'b',
  'a'
);

alter table public.w alter column x type public.e using x::text::public.e;

drop type public.e__replaced;

create materialized view public.m as
 SELECT x,
    count(*) AS count
   FROM public.w
  GROUP BY x;

CREATE RULE r AS
    ON UPDATE TO public.w
   WHERE (new.x = 'a'::public.e) DO INSTEAD NOTHING;

commit;
