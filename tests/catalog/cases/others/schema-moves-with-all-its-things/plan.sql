begin;

set check_function_bodies = off;

-- loses all rows of a.t
drop table a.t;

drop function a.f(a.e);

drop type a.e;

drop schema a;

create schema b;

create type b.e as enum (
  'x'
);

CREATE OR REPLACE FUNCTION b.f(b.e)
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

create table b.t (
  x b.e default 'x'::b.e
);

commit;
