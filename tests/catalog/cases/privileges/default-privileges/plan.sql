begin;

set check_function_bodies = off;

alter default privileges for role postgres grant execute on functions to public;

alter default privileges for role postgres revoke select on tables from corpus_a;

CREATE OR REPLACE FUNCTION public.f()
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

revoke all on function public.f() from public;

revoke all on function public.f() from postgres;

grant execute on function public.f() to public;

grant execute on function public.f() to postgres;

revoke select on table public.t from corpus_a;

grant insert on table public.t to corpus_a;

create table public.u (
  a integer
);

revoke all on table public.u from corpus_a;

revoke all on table public.u from postgres;

grant insert on table public.u to corpus_a;

grant delete, insert, maintain, references, select, trigger, truncate, update on table public.u to postgres;

alter default privileges for role corpus_b grant select, update, usage on sequences to corpus_a;

alter default privileges for role postgres in schema public grant insert on tables to corpus_a;

alter default privileges for role postgres grant usage on schemas to corpus_b;

alter default privileges for role postgres grant usage on types to corpus_b;

commit;
