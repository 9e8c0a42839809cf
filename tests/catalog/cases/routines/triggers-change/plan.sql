begin;

set check_function_bodies = off;

drop trigger x on public.t;

drop trigger y on public.t;

drop trigger z on public.t;

CREATE OR REPLACE FUNCTION public.tf()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return new; end$function$;

alter table public.t add column c integer;

create or replace view public.v as
 SELECT a,
    b
   FROM public.t;

comment on trigger w on public.v is 'c';

CREATE TRIGGER x BEFORE INSERT OR UPDATE OF b ON public.t FOR EACH ROW WHEN ((new.a > 0)) EXECUTE FUNCTION public.tf();

alter table public.t disable trigger x;

CREATE TRIGGER y AFTER UPDATE ON public.t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION public.tf('a');

CREATE CONSTRAINT TRIGGER z AFTER INSERT ON public.t FROM public.t NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.tf();

alter table public.t enable always trigger z;

commit;
