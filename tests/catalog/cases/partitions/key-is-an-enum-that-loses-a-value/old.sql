create type region as enum ('eu', 'us', 'moon');
create table orders (id int, where_to region not null) partition by list (where_to);
create table orders_eu partition of orders for values in ('eu');
create table orders_us partition of orders for values in ('us');
