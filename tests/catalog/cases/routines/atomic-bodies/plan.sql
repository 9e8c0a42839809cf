begin;

set check_function_bodies = off;

alter table public.t add column b integer;

create table public.u (
  a integer
);

CREATE OR REPLACE FUNCTION public.f()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT sum(t.b) AS sum
    FROM public.t,
     public.u;
END;

CREATE OR REPLACE PROCEDURE public.p()
 LANGUAGE sql
BEGIN ATOMIC
 INSERT INTO public.u (a)
   VALUES (1);
 DELETE FROM public.t;
END;

create or replace view public.v as
 SELECT public.f() AS f;

commit;
