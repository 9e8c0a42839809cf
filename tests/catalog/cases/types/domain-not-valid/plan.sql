begin;

alter domain public.d validate constraint c;

commit;
