begin;

drop policy p on public.t;

drop trigger tr on public.t;

drop statistics public.s;

drop index public.t_expr_idx;

drop materialized view public.m;

drop view public.v;

alter table public.t alter column id type bigint,
  alter column a type bigint,
  alter column b type numeric;

create or replace view public.v as
 SELECT a
   FROM public.t;

create materialized view public.m as
 SELECT a,
    b
   FROM public.t;

CREATE INDEX m_a_idx ON public.m USING btree (a);

CREATE INDEX t_expr_idx ON public.t USING btree ((((a)::numeric + b)));

CREATE STATISTICS public.s ON a, b FROM public.t;

CREATE TRIGGER tr BEFORE UPDATE OF a ON public.t FOR EACH ROW WHEN ((old.a IS DISTINCT FROM new.a)) EXECUTE FUNCTION public.tf();

create policy p on public.t to public using ((a > 1));

commit;
