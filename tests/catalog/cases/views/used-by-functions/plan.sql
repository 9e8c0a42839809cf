begin;

create or replace view public.v as
 SELECT id,
    a,
    b
   FROM public.t
  WHERE (id > 0);

create or replace view public.w as
 SELECT id,
    a,
    b
   FROM public.f() f(id, a, b);

commit;
