begin;

-- loses all rows of public.w
drop table public.w;

drop type public.y;

drop domain public.z;

drop type public.x;

create type public.y as enum (
  'q'
);

create domain public.x as text;

create type public.z as (
  b integer
);

create or replace view public.w as
 SELECT 1 AS a;

commit;
