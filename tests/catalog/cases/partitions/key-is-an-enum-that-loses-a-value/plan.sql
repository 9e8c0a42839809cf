begin;

alter table public.orders detach partition public.orders_eu;

alter table public.orders detach partition public.orders_us;

drop table public.orders;

alter type public.region rename to region__replaced;

create type public.region as enum (
  'eu',
  'us'
);

create table public.orders (
  id integer,
  where_to public.region constraint orders_where_to_not_null not null
) partition by LIST (where_to);

alter table public.orders_eu alter column where_to type public.region using where_to::text::public.region;

alter table public.orders_us alter column where_to type public.region using where_to::text::public.region;

drop type public.region__replaced;

alter table public.orders attach partition public.orders_eu FOR VALUES IN ('eu');

alter table public.orders attach partition public.orders_us FOR VALUES IN ('us');

commit;
