begin;

alter table public.u drop constraint u_x_y_fkey;

alter type public.e rename to e__replaced;

create type public.e as enum (
  'b',
  'a'
);

alter table public.u alter column x type public.e using x::text::public.e;

alter table public.w alter column x type public.e using x::text::public.e;

drop type public.e__replaced;

alter table public.u add constraint u_x_y_fkey FOREIGN KEY (x, y) REFERENCES public.w(x, y);

commit;
