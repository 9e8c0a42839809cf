begin;

drop trigger a on public.t;

drop trigger ct on public.t;

CREATE TRIGGER a BEFORE INSERT OR TRUNCATE ON public.t FOR EACH STATEMENT EXECUTE FUNCTION public.f();

alter table public.t enable always trigger a;

CREATE CONSTRAINT TRIGGER ct AFTER INSERT OR UPDATE OF a ON public.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.b > 0)) EXECUTE FUNCTION public.f('x', '1');

commit;
