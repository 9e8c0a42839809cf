insert into w values (true, 1);
