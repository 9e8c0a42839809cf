insert into w (a) values (1);
