begin;

drop table public.m;

-- loses all rows of public.n
drop table public.n;

create table public.m (
  a integer
);

create table public.n (
  a integer
) partition by RANGE (a);

commit;
