insert into carts values (1, null, 1);
insert into items values (1, 1);
update carts set last_item = 1;
insert into discounts values (1, 1);
insert into orders values (1);
insert into bills values (1, 1);
