begin;

create table public.m2 (
  a integer
);

alter table public.m attach partition public.m2 FOR VALUES IN (2);

CREATE TRIGGER y BEFORE UPDATE ON public.m1 FOR EACH ROW EXECUTE FUNCTION public.tf();

alter table public.m1 disable trigger x;

commit;
