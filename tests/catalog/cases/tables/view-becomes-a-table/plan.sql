begin;

set check_function_bodies = off;

drop view public.over;

drop function public.f();

drop view public.v;

create table public.v (
  id integer not null,
  x text,
  constraint v_pkey PRIMARY KEY (id)
);

grant select on table public.v to public;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS SETOF public.v
 LANGUAGE sql
AS $function$select * from v$function$;

create or replace view public.over as
 SELECT id
   FROM public.v;

commit;
