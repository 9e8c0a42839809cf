begin;

set check_function_bodies = off;

drop function public.notes(public.entry);

alter type public.mood rename to mood__replaced;

create type public.mood as enum (
  'sad',
  'ok'
);

alter type public.entry rename to entry__replaced;

create type public.entry as (
  m public.mood,
  note text
);

alter table public.t alter column e type public.entry using e::text::public.entry,
  alter column es type public.entry[] using es::text::public.entry[];

drop type public.entry__replaced;

drop type public.mood__replaced;

CREATE OR REPLACE FUNCTION public.notes(public.entry)
 RETURNS text
 LANGUAGE sql
AS $function$select ($1).note$function$;

commit;
