begin;

set check_function_bodies = off;

drop trigger tr on public.p;

drop function public.f();

create schema s;

CREATE OR REPLACE FUNCTION s.f()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return new; end$function$;

revoke select on table public.p1 from public;

grant insert on table public.p1 to public;

CREATE TRIGGER tr BEFORE INSERT ON public.p FOR EACH ROW EXECUTE FUNCTION s.f();

commit;
