create unlogged table carts (id int primary key, last_item int, parent int references carts);
create unlogged table items (id int primary key, cart int not null references carts);
alter table carts add constraint carts_last_item foreign key (last_item) references items;
create unlogged table discounts (id int primary key, item int references items);
create table orders (id int primary key);
create table bills (id int primary key, "order" int references orders);
