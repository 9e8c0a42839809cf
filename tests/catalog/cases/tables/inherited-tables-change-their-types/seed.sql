insert into grandkid values (1, 'a', 2, 'b');
