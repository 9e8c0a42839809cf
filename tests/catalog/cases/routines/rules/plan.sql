begin;

drop rule r on public.v;

create table public.log (
  a integer
);

create or replace view public.v as
 SELECT a
   FROM public.t
  WHERE (a > 0);

CREATE RULE r AS
    ON INSERT TO public.v DO INSTEAD ( INSERT INTO public.t (a)
  VALUES (new.a);
 INSERT INTO public.log (a)
  VALUES (new.a);
);

CREATE RULE s AS
    ON UPDATE TO public.t
   WHERE (old.a > 5) DO  INSERT INTO public.log (a)
  VALUES (1);

alter table public.t disable rule s;

comment on rule s on public.t is 'c';

commit;
