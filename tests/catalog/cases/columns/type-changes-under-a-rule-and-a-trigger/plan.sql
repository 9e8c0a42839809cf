begin;

drop trigger tr on public.w;

drop rule r on public.w;

alter table public.log alter column a type bigint;

alter table public.w alter column a type bigint;

CREATE RULE r AS
    ON INSERT TO public.w DO  INSERT INTO public.log (a)
  VALUES (new.a);

CREATE TRIGGER tr BEFORE UPDATE OF a ON public.w FOR EACH ROW WHEN ((new.a > 5)) EXECUTE FUNCTION public.f();

commit;
