begin;

drop materialized view public.c;

drop view public.b;

-- loses all rows of public.a
drop table public.a;

-- loses all rows of public.e
drop table public.e;

-- loses the state of public.d
drop sequence public.d;

create table public.b (
  id integer
);

create table public.d (
  id integer
);

create or replace view public.a as
 SELECT 1 AS id;

create or replace view public.c as
 SELECT 1 AS id;

create materialized view public.e as
 SELECT 1 AS id;

commit;
