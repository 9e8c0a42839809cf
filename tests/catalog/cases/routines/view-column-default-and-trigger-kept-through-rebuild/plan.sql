begin;

drop view public.v;

alter table public.t alter column a type bigint;

create or replace view public.v as
 SELECT a
   FROM public.t;

comment on column public.v.a is 'c';

alter table only public.v alter column a set default 7;

CREATE TRIGGER w INSTEAD OF INSERT ON public.v FOR EACH ROW EXECUTE FUNCTION public.tf();

commit;
