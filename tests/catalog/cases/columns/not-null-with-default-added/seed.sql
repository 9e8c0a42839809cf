insert into w values (1);
