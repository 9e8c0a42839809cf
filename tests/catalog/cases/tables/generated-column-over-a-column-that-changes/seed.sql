insert into t (id, price, qty) values (1, 2, 3);
