begin;

set check_function_bodies = off;

drop view public.v;

drop function public.f();

alter table public.t alter column b type bigint;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT count(t.b) AS count
    FROM public.t
   WHERE (t.b > 1);
END;

create or replace view public.v as
 SELECT public.f() AS n;

commit;
