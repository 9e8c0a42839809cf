begin;

set check_function_bodies = off;

create or replace view public.r as
 WITH RECURSIVE r(n) AS (
         VALUES (1)
        UNION ALL
         SELECT (r_1.n + 1)
           FROM r r_1
          WHERE (r_1.n < 9)
        )
 SELECT n
   FROM r;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS SETOF public.r
 LANGUAGE sql
BEGIN ATOMIC
 SELECT r.n
    FROM public.r;
END;

create or replace view public.w as
 SELECT n
   FROM public.f() f(n);

commit;
