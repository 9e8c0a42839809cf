begin;

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.fresh()
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

grant execute on function public.fresh() to corpus_clerk with grant option;

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role corpus_clerk;

grant execute on function public.fresh() to "corpus guest";

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

alter table public.given owner to corpus_lead;

revoke grant option for select on table public.given from corpus_lead;

grant insert, select on table public.given to corpus_clerk with grant option;

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role corpus_clerk;

grant insert on table public.given to "corpus guest";

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role corpus_lead;

revoke update on table public.t from "corpus guest";

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role corpus_clerk;

revoke select (v) on table public.t from "corpus guest";

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role corpus_lead;

revoke select (v) on table public.t from corpus_clerk cascade;

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role corpus_lead;

grant select (v) on table public.t to "corpus guest" with grant option;

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role "corpus guest";

grant select (v) on table public.t to public;

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

select pg_catalog.set_config('lockstep.role', current_user, true);

set local role "corpus guest";

grant select (v) on table public.t to corpus_clerk;

select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true);

commit;
