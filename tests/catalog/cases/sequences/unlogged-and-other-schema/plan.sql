begin;

-- loses the state of public.s
drop sequence public.s;

create schema app;

create sequence app.s as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

create table public.w (
  id integer default nextval('app.s'::regclass)
);

commit;
