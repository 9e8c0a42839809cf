insert into w values (1,2,3,4);
