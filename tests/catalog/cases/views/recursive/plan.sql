begin;

drop view public.r;

create or replace view public.r as
 WITH RECURSIVE r(n) AS (
         VALUES ((1)::bigint)
        UNION ALL
         SELECT (r_1.n + 1)
           FROM r r_1
          WHERE (r_1.n < 50)
        )
 SELECT n
   FROM r;

commit;
