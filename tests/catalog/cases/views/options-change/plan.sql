begin;

alter view public.v set (security_barrier='true', check_option='local');

commit;
