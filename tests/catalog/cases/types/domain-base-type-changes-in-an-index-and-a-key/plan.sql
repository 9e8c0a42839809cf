begin;

set check_function_bodies = off;

drop index public.i;

alter table public.u drop constraint u_x_fkey;

drop function public.f(public.d);

alter domain public.d rename to d__replaced;

create domain public.d as bigint constraint d_check CHECK ((VALUE > 0));

alter table public.u alter column x type public.d using x::public.d;

alter table public.w alter column x type public.d using x::public.d,
  alter column y type public.d[] using y::text::public.d[];

drop domain public.d__replaced;

CREATE OR REPLACE FUNCTION public.f(public.d)
 RETURNS public.d
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1$function$;

alter table public.u add constraint u_x_fkey FOREIGN KEY (x) REFERENCES public.w(x);

CREATE INDEX i ON public.w USING btree (public.f(x));

commit;
