begin;

drop rule n on public.t;

drop rule r on public.t;

alter table public.log add column y text;

CREATE RULE r AS
    ON INSERT TO public.t DO  INSERT INTO public.log (x, y)
  VALUES (new.id, new.a);

alter table public.t disable rule r;

commit;
