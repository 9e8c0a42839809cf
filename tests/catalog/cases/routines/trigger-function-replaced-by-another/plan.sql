begin;

set check_function_bodies = off;

drop trigger tr on public.t;

drop function public.f1();

CREATE OR REPLACE FUNCTION public.f2()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return new; end$function$;

CREATE TRIGGER tr BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f2();

commit;
