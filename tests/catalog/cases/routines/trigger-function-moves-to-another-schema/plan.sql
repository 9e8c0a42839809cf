begin;

set check_function_bodies = off;

drop trigger tr on public.t;

drop function public.f();

create schema app;

CREATE OR REPLACE FUNCTION app.f()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return new; end$function$;

CREATE TRIGGER tr BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION app.f();

commit;
