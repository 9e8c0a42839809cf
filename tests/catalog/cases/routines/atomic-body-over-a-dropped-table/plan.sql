begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS integer
 LANGUAGE sql
BEGIN ATOMIC
 SELECT max(t.b) AS max
    FROM public.t;
END;

-- loses all rows of public.u
drop table public.u;

commit;
