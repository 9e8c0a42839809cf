begin;

set check_function_bodies = off;

create type public.b;

CREATE OR REPLACE FUNCTION public.b_in(cstring)
 RETURNS public.b
 LANGUAGE internal
 IMMUTABLE STRICT
AS $function$int4in$function$;

CREATE OR REPLACE FUNCTION public.b_out(public.b)
 RETURNS cstring
 LANGUAGE internal
 IMMUTABLE STRICT
AS $function$int4out$function$;

create type public.b (
  input = public.b_in,
  output = public.b_out,
  storage = plain,
  internallength = 4,
  passedbyvalue,
  alignment = int4,
  category = 'U',
  delimiter = ','
);

create cast (public.b AS integer) without function;

CREATE OR REPLACE FUNCTION public.b_eq(public.b, public.b)
 RETURNS boolean
 LANGUAGE internal
 IMMUTABLE
AS $function$int4eq$function$;

create table public.t (
  x public.b,
  y public.b[]
);

create operator public.= (function = public.b_eq, leftarg = public.b, rightarg = public.b, commutator = operator(public.=));

commit;
