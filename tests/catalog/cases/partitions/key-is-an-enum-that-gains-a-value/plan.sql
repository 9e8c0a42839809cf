alter type public.region add value 'asia' before 'us';

begin;

create table public.orders_asia (
  id integer,
  where_to public.region constraint orders_where_to_not_null not null
);

alter table public.orders attach partition public.orders_asia FOR VALUES IN ('asia');

commit;
