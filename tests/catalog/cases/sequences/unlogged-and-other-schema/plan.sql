begin;

-- loses the state of public.s
drop sequence public.s;

create schema app;

create sequence app.s;

create table public.w (
  id integer default nextval('app.s'::regclass)
);

commit;
