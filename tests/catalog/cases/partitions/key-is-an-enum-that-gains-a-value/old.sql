create type region as enum ('eu', 'us');
create table orders (id int, where_to region not null) partition by list (where_to);
create table orders_eu partition of orders for values in ('eu');
