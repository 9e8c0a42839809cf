begin;

alter view public.v set (security_invoker='on');

commit;
