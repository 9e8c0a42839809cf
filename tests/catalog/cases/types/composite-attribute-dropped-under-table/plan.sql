begin;

-- loses the values of public.c.a
alter type public.c drop attribute a;

commit;
