begin;

set check_function_bodies = off;

alter table only public.t alter column c drop default;

CREATE OR REPLACE FUNCTION public.d2()
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select 1$function$;

alter table only public.t alter column a set default (public.d2() + 1);

drop function public.d();

alter table only public.t alter column b set default clock_timestamp();

alter table only public.t alter column d set default '2020-01-01'::date;

alter table only public.t alter column e set default CURRENT_USER;

alter table only public.t alter column f set default ARRAY[1, 2];

alter table only public.t alter column g set default '[]'::jsonb;

commit;
