begin;

set check_function_bodies = off;

revoke execute on function public.f(integer) from public;

grant execute on function public.f(integer) to c1_app;

revoke execute on procedure public.p() from public;

revoke execute on routine public.a(integer) from public;

grant execute on routine public.a(integer) to c1_app;

commit;
