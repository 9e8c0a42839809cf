begin;

drop view public.v;

create or replace view public.v as
 SELECT id,
    b,
    a
   FROM public.t;

comment on column public.v.a is 'c';

alter table only public.v alter column a set default 'y'::text;

CREATE TRIGGER tr INSTEAD OF INSERT OR UPDATE ON public.v FOR EACH ROW EXECUTE FUNCTION public.f();

commit;
