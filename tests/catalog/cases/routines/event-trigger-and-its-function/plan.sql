begin;

set check_function_bodies = off;

drop event trigger et;

CREATE OR REPLACE FUNCTION public.e()
 RETURNS event_trigger
 LANGUAGE plpgsql
AS $function$begin perform 1; end$function$;

CREATE OR REPLACE FUNCTION public.e2()
 RETURNS event_trigger
 LANGUAGE plpgsql
AS $function$begin end$function$;

create event trigger et on sql_drop when tag in ('DROP TABLE') execute function public.e2();

create event trigger et2 on ddl_command_end execute function public.e();

alter event trigger et2 disable;

commit;
