begin;

set check_function_bodies = off;

drop operator public.===(public.c,public.c);

drop cast (public.c AS integer);

CREATE OR REPLACE FUNCTION public.c_int(public.c)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1.a + 1$function$;

create cast (public.c AS integer) with function public.c_int(public.c) as assignment;

create operator public.=== (function = public.eq, leftarg = public.c, rightarg = public.c, commutator = operator(public.===), restrict = eqsel, join = eqjoinsel);

create or replace view public.v as
 SELECT (ROW(1)::public.c OPERATOR(public.===) ROW(2)::public.c) AS x;

commit;
