insert into p values (1,'a','2024-01-01',1);
