insert into n values (1, null), (2, 1);
