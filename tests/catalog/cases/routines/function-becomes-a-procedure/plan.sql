begin;

set check_function_bodies = off;

drop function public.p(integer);

CREATE OR REPLACE PROCEDURE public.p(IN a integer)
 LANGUAGE sql
AS $procedure$select 1$procedure$;

commit;
