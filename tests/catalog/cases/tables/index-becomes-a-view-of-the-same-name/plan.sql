begin;

drop index public.x;

create or replace view public.x as
 SELECT a
   FROM public.t;

commit;
