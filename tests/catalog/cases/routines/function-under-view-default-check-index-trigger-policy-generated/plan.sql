begin;

set check_function_bodies = off;

drop policy p on public.t;

drop index public.t_f_idx;

alter table public.t drop constraint t_b_check;

drop materialized view public.m;

drop view public.v;

alter table only public.t alter column a drop default;

-- loses the values of public.t.c
alter table public.t drop column c;

drop function public.f(integer);

CREATE OR REPLACE FUNCTION public.f(b integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select b$function$;

alter table public.t add column c integer generated always as (public.f(1)) stored;

alter table only public.t alter column a set default public.f(1);

create or replace view public.v as
 SELECT public.f(1) AS f;

create materialized view public.m as
 SELECT public.f(2) AS x;

alter table public.t add constraint t_b_check CHECK ((public.f(b) > 0));

CREATE INDEX t_f_idx ON public.t USING btree (public.f(a));

create policy p on public.t to public using ((public.f(a) > 0));

commit;
