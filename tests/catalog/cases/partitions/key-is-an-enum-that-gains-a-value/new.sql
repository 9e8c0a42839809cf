create type region as enum ('eu', 'asia', 'us');
create table orders (id int, where_to region not null) partition by list (where_to);
create table orders_eu partition of orders for values in ('eu');
create table orders_asia partition of orders for values in ('asia');
