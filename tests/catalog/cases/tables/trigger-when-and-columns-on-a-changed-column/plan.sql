begin;

drop trigger a on public.t;

alter table public.t alter column state type integer using state::integer;

alter table public.t disable trigger b;

CREATE TRIGGER a BEFORE UPDATE OF state ON public.t FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION public.touch();

commit;
